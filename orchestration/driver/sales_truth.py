"""What the generator's truth says of funnel, deals, team and marketing beyond the tables that scenarios have too.

Each is exact, to the second and the cent: the generator decided them, and wrote the objects from the same decisions.
"""

from __future__ import annotations

from decimal import Decimal

from orchestration.driver.expectation import RATIO, Expectation

CENT = Decimal("0.01")


def _second(column: str) -> str:
    return f"strftime({column}, '%Y-%m-%dT%H:%M:%SZ') as {column}"


def _stage_entries(name: str, record: str, mart: str) -> Expectation:
    return Expectation(
        name=name,
        keys=(record, "stage"),
        counts=("entries",),
        ignored=("import_only",),
        query=f"""
            select {record}, stage, {_second("first_entered_at")}, {_second("last_entered_at")}, entries
            from marts.{mart}
            where not is_imputed
        """,
    )


SALES_TRUTH = (
    _stage_entries("stage_entries", "contact_id", "fct_funnel_stage_entries"),
    _stage_entries("company_stage_entries", "company_id", "fct_company_stage_entries"),
    Expectation(
        name="funnel_by_dimension",
        keys=("cohort_month", "from_stage", "to_stage", "dimension", "dimension_value"),
        counts=("entered", "converted"),
        query="""
            select cohort_month, from_stage, to_stage, dimension, dimension_value, entered, converted
            from marts.funnel_conversion
            where dimension in ('source', 'owner')
        """,
    ),
    Expectation(
        name="trial_conversion",
        keys=("cohort_month",),
        counts=("trials", "converted"),
        # What somebody did in the product is known of trials only whose customer has a contact.
        ignored=("running", "qualified", "qualified_converted"),
        query="select cohort_month, trials, converted from marts.trial_conversion where dimension = 'all'",
    ),
    Expectation(
        name="web",
        keys=("month", "source"),
        counts=("visitors", "leads"),
        ignored=("visits",),
        query="""
            select month, dimension_value as source, visitors, leads
            from marts.visitor_conversion
            where dimension = 'source'
        """,
    ),
    Expectation(
        name="deals",
        keys=("deal_id",),
        counts=("times_pushed_later",),
        tolerances={"amount_usd": CENT},
        ignored=("close_at", "lost_reason", "activities"),
        query=f"""
            select
                deal_id, owner_id, pipeline_id, stage_id, outcome, currency, times_pushed as times_pushed_later,
                amount_home as amount_usd, {_second("created_at")}, {_second("last_activity_at")},
                {_second("next_activity_at")}
            from marts.fct_deals
        """,
    ),
    Expectation(
        name="nps",
        keys=("month",),
        counts=("promoters", "passives", "detractors"),
        tolerances={"nps": Decimal("0.0001")},
        query="select month, promoters, passives, detractors, nps from marts.nps_monthly where dimension = 'all'",
    ),
    Expectation(
        name="email_rates",
        keys=("month",),
        counts=("emails", "sent", "delivered", "opens", "clicks"),
        tolerances={"open_rate": RATIO, "click_rate": RATIO},
        query="""
            select month, emails, sent, delivered, opens, clicks, open_rate, click_rate
            from marts.email_performance
            where dimension = 'all'
        """,
    ),
)
