"""The code location: everything Dagster can run, in the order in which the data flows.

Stripe and HubSpot objects land in versioned raw tables, dbt turns them into marts, benchmark checks judge the
marts, and `published` puts an audited copy where any BI tool can read it.
"""

import dagster as dg

from orchestration import publish, schedules, transform
from orchestration.alerts import sensors
from orchestration.checks import benchmarks, exchange_rates, revenue
from orchestration.hubspot import assets as hubspot
from orchestration.stripe import assets as stripe

defs = dg.Definitions(
    assets=[
        *stripe.assets,
        *hubspot.assets,
        transform.dbt_models,
        publish.published_asset(transform.dbt_models),
    ],
    asset_checks=[
        benchmarks.benchmark_checks,
        exchange_rates.exchange_rates_are_recent,
        revenue.revenue_checks,
    ],
    jobs=[
        schedules.everything,
    ],
    schedules=[
        schedules.daily,
    ],
    sensors=[
        sensors.alerts,
    ],
    resources={
        "dbt": transform.dbt,
    },
    # One process a run: DuckDB takes one writer at a time, so parallel step processes would only wait for each
    # other, after spending seconds each on loading this file.
    executor=dg.in_process_executor,
)
