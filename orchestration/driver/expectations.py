"""Which mart answers which expected table, and how closely: the two file sets that the pipeline is held against.

`expected/` beside a scenario folder is derived by hand, to a ten-thousandth. `truth/` beside a generated company is
written by its billing simulation, to a hundredth, and its customers' months are counted rather than listed.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.driver.comparison import Comparison, Rows, Value, compare, read_csv, rows_by_key
from orchestration.driver.expectation import RATIO, Expectation
from orchestration.driver.sales_truth import SALES_TRUTH

if TYPE_CHECKING:
    import duckdb

AMOUNT = Decimal("0.0001")
TRUE_AMOUNT = Decimal("0.01")
RETENTION_AMOUNT = Decimal("0.0002")


def _has_numbers(row: Mapping[str, Value]) -> bool:
    """Rows of nothing but zeros say the same as no row."""
    return any(isinstance(value, Decimal) and value != 0 for value in row.values())


_STAGES = """(
    ('lead', 'marketingqualifiedlead'), ('marketingqualifiedlead', 'salesqualifiedlead'),
    ('salesqualifiedlead', 'customer')
)"""


def _expectations(amount: Decimal) -> list[Expectation]:
    return [
        Expectation(
            name="mrr_month_end",
            keys=("customer_id", "month"),
            tolerances={"mrr": amount},
            query="select customer_id, month, currency, mrr from marts.mrr_monthly where month < {closed}",
        ),
        Expectation(
            name="movements",
            keys=("customer_id", "month", "movement"),
            tolerances={"amount": amount},
            query="""
                select customer_id, month, movement, amount
                from marts.fct_mrr_movements
                where month < {closed} and movement <> 'fx'
            """,
            is_surplus=_has_numbers,
        ),
        Expectation(
            name="retention",
            keys=("month",),
            tolerances={
                **dict.fromkeys(
                    ("opening", "new", "expansion", "contraction", "churn", "reactivation", "closing"),
                    RETENTION_AMOUNT,
                ),
                **dict.fromkeys(("nrr_bridge", "nrr_12m", "grr_12m", "logo_churn"), RATIO),
            },
            query="""
                select
                    month, opening_mrr as opening, new_mrr as new, expansion_mrr as expansion,
                    -contraction_mrr as contraction, -churn_mrr as churn, reactivation_mrr as reactivation,
                    closing_mrr as closing, nrr_bridge, nrr_12m, grr_12m, logo_churn
                from marts.nrr_monthly
                where dimension = 'currency' and dimension_value = 'usd' and month < {closed}
            """,
        ),
        Expectation(
            name="funnel",
            keys=("cohort_month", "from_stage", "to_stage"),
            counts=("entered", "converted"),
            query=f"""
                select cohort_month, from_stage, to_stage, entered, converted
                from marts.funnel_conversion
                where dimension = 'all' and (from_stage, to_stage) in {_STAGES}
            """,
            is_surplus=_has_numbers,
        ),
        Expectation(
            name="win_rate",
            keys=("close_month",),
            counts=("won", "lost"),
            tolerances={"win_rate_count": RATIO, "win_rate_value": RATIO},
            query="""
                select close_month, won, lost, win_rate_count, win_rate_value
                from marts.sales_performance
                where dimension = 'all'
            """,
            is_surplus=_has_numbers,
        ),
        Expectation(
            name="identity",
            keys=("stripe_customer_id",),
            query="""
                select customer_id as stripe_customer_id, hubspot_company_id, match_method as method
                from marts.dim_customers
            """,
        ),
    ]


def compare_folder(
    folder: Path, connection: "duckdb.DuckDBPyConnection", as_of: datetime, *, truth: bool
) -> list[Comparison]:
    """Hold the marts against every expected file that the folder has.

    Args:
        folder: a scenario folder (`expected/`) or a generated company (`truth/`).
        connection: a database with schema `marts`.
        as_of: months that begin after its month's start are open and not compared.
        truth: compare with `truth/`.
    """
    files = folder / ("truth" if truth else "expected")
    comparisons = []
    for expectation in [*_expectations(TRUE_AMOUNT if truth else AMOUNT), *(SALES_TRUTH if truth else ())]:
        path = files / f"{expectation.name}.csv"
        if path.exists():
            expected = read_csv(path, expectation.keys, expectation.numbers, expectation.ignored)
            actual = _query(connection, expectation, as_of)
            comparisons.append(
                compare(expectation.name, expected, actual, expectation.tolerances, expectation.is_surplus)
            )
    return comparisons


def _query(connection: "duckdb.DuckDBPyConnection", expectation: Expectation, as_of: datetime) -> Rows:
    closed = f"date '{as_of:%Y-%m}-01'"
    cursor = connection.execute(expectation.query.replace("{closed}", closed))
    names = [column[0] for column in cursor.description or []]
    records = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return rows_by_key(records, expectation.keys, expectation.numbers)
