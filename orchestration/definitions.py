"""The code location: everything Dagster can run, in the order in which the data flows.

Stripe and HubSpot objects land in versioned raw tables, dbt turns them into marts, benchmark checks judge the
marts, `published` puts an audited copy where any BI tool can read it, and `report` is a page about it.
"""

import dagster as dg

from orchestration import publish, schedules, transform
from orchestration.alerts import sensors
from orchestration.checks import (
    benchmarks,
    churn_reasons,
    exchange_rates,
    identity,
    mrr_jump,
    raw_streams,
    revenue,
    stages,
)
from orchestration.hubspot import assets as hubspot
from orchestration.report import asset as report
from orchestration.stripe import assets as stripe

CHECKS = [
    benchmarks.benchmark_checks,
    churn_reasons.churn_reasons_are_mapped,
    exchange_rates.exchange_rates_are_recent,
    identity.identity_checks,
    mrr_jump.mrr_jump,
    raw_streams.raw_checks("stripe", stripe.assets),
    raw_streams.raw_checks("hubspot", hubspot.assets),
    stages.lifecycle_stages_are_mapped,
    revenue.revenue_checks,
]

defs = dg.Definitions(
    assets=[
        *stripe.assets,
        *hubspot.assets,
        transform.dbt_models,
        publish.published_asset(transform.dbt_models, CHECKS),
        report.report,
    ],
    asset_checks=CHECKS,
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
