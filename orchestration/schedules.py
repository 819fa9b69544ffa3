"""What runs and when: one job that materialises everything, once a day."""

import dagster as dg

# 05:00 UTC: early morning in Europe, before midnight in much of America, where the run then tells of the day that is
# ending: what is over is decided in the reporting zone.
DAILY_CRON = "0 5 * * *"

everything = dg.define_asset_job(
    name="everything",
    selection=dg.AssetSelection.all(),
    description="Reads Stripe and HubSpot, rebuilds every model, runs every check, publishes the marts.",
)

daily = dg.ScheduleDefinition(
    name="daily",
    job=everything,
    cron_schedule=DAILY_CRON,
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Everything once a day, while `make ui` (or any other Dagster daemon) is running.",
)
