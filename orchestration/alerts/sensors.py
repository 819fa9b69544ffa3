"""The sensor that tells people. It is on from the start, and does nothing until a channel is configured."""

from datetime import UTC, datetime

import dagster as dg

from orchestration import schedules
from orchestration.alerts.assets import assets_of
from orchestration.alerts.look import look_and_tell
from orchestration.settings import load_settings

EVERY_SECONDS = 15
NOBODY = "nobody to tell: neither REVFUNNEL_ALERT_URLS nor REVFUNNEL_ALERT_CONFIG is set"


@dg.sensor(
    name="alerts",
    minimum_interval_seconds=EVERY_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tells once what broke, what is worse and what is well again, in checks, runs and freshness; reminds "
    "weekly; sends the digest; sends again what a channel did not take.",
)
def alerts(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """It never starts a run: what it did stands in the reason it gives."""
    settings = load_settings()
    if not settings.has_alert_channels:
        return dg.SkipReason(NOBODY)
    repository = context.repository_def
    if repository is None:
        raise dg.Failure("the alerts need the code location that they belong to")
    told = look_and_tell(
        settings,
        context.instance,
        assets_of(repository),
        schedules=[schedules.daily],
        log=context.log.warning,
        now=datetime.now(UTC),
    )
    return dg.SkipReason(told)
