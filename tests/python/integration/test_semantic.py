"""Metrics as MetricFlow computes them from their one definition, against hand-worked figures and against the marts.

The account: of small_accounts/rollup_customers the plan `gap` (Grown, Euro, Passing, Returned), three trials and the
people of small_accounts/funnel_people, and four deals.
"""

import csv
import os
import subprocess
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.dbt_manifest import DBT_EXECUTABLE, PROFILES_DIR, PROJECT_DIR, ensure_manifest
from orchestration.publish import publish
from tests.python.rule_cases.objects import Book
from tests.python.small_accounts import funnel_people, rollup_customers
from tests.python.small_accounts.building import dbt, land, rows, write_account
from tests.python.small_accounts.crm_records import add, company, deal, pipeline

METRICFLOW = DBT_EXECUTABLE.with_name("mf")
MARTS = (
    *("dim_customers", "mrr_monthly", "fct_mrr_movements", "fct_customer_retention"),
    *("fct_deals", "fct_trials", "fct_stage_conversions", "time_spine"),
    *("nrr_monthly", "funnel_conversion", "trial_conversion", "sales_performance"),
)

# metric: where a mart has it, in the rows of `dimension = 'all'`
IN_MARTS = {
    "mrr": "nrr_monthly.closing_mrr",
    "new_mrr": "nrr_monthly.new_mrr",
    "expansion_mrr": "nrr_monthly.expansion_mrr",
    "contraction_mrr": "nrr_monthly.contraction_mrr",
    "churn_mrr": "nrr_monthly.churn_mrr",
    "reactivation_mrr": "nrr_monthly.reactivation_mrr",
    "fx_mrr": "nrr_monthly.fx_mrr",
    "paying_customers": "nrr_monthly.closing_customers",
    "opening_customers": "nrr_monthly.opening_customers",
    "churned_customers": "nrr_monthly.churned_customers",
    "nrr": "nrr_monthly.nrr_bridge",
    "nrr_12m": "nrr_monthly.nrr_12m",
    "grr_12m": "nrr_monthly.grr_12m",
    "logo_churn": "nrr_monthly.logo_churn",
    "quick_ratio": "nrr_monthly.quick_ratio",
    "trials_started": "trial_conversion.trials",
    "trial_to_paid": "trial_conversion.conversion_rate",
    "deals_won": "sales_performance.won",
    "amount_won": "sales_performance.won_amount",
    "win_rate": "sales_performance.win_rate_count",
    "win_rate_value": "sales_performance.win_rate_value",
}
STEPS = {
    "lead_to_mql": "lead",
    "mql_to_sql": "marketingqualifiedlead",
    "sql_to_customer": "salesqualifiedlead",
}
MONTHS = {"nrr_monthly": "month", "trial_conversion": "cohort_month", "sales_performance": "close_month"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The account, built and published: MetricFlow reads the published copy, as anybody does."""
    home = tmp_path_factory.mktemp("semantic")
    write_account(account(), home / "folder")
    land(home / "folder", home)
    selection = ("--select", *(f"+{mart}" for mart in MARTS))
    done = dbt(home, "build", *selection, "--exclude-resource-type", "test", "unit_test")
    assert done.returncode == 0, done.stdout + done.stderr
    publish(home / "warehouse.duckdb", home / "published.duckdb", MARTS, meta={"reporting_currency": "usd"})
    ensure_manifest()
    return home


def account() -> Book:
    """The deals closed in February 2026: one won for $1,000, two lost for $2,000 and $3,000. The fourth is open."""
    book = Book()
    rollup_customers.year(book)
    funnel_people.trial(book, "keen", "2025-06-01", "2025-06-15", pays="2025-06-15")
    funnel_people.trial(book, "slow", "2025-06-10", "2025-06-24", pays="2025-08-10")
    funnel_people.trial(book, "early", "2025-01-10", "2025-01-24", pays="2025-01-24")
    add(book, "contacts", *funnel_people.people())
    company(book, "7001")
    pipeline(book)
    for number, (stage, amount) in enumerate((("won", "1000"), ("lost", "2000"), ("lost", "3000"), ("open", "4000"))):
        deal(book, f"60{number}", "7001", stage, ("2026-01-10", "2026-02-10"), amount=amount)
    return book


Figures = Mapping[tuple[str, ...], Mapping[str, Decimal | None]]
"""(month, and what else is grouped by) -> metric -> value."""


def query(home: Path, metrics: list[str], *groups: str) -> Figures:
    """What `mf query` answers, by month and further groups."""
    answer = home / f"{'-'.join(['answer', *groups])}.csv"
    group_by = ",".join(("metric_time__month", *groups))
    # Somebody else reads the file meanwhile: who opened it to write would be refused.
    with duckdb.connect(str(home / "published.duckdb"), read_only=True):
        done = subprocess.run(
            [METRICFLOW, "query", "--metrics", ",".join(metrics), "--group-by", group_by, "--csv", answer],
            cwd=PROJECT_DIR,
            env=os.environ
            | {
                "REVFUNNEL_HOME": str(home),
                "DBT_PROFILES_DIR": str(PROFILES_DIR),
                "DBT_TARGET": "read_only",
                "DBT_LOG_PATH": str(home),
                "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            },
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    with answer.open(newline="") as file:
        found = list(csv.DictReader(file))
    return {
        (row["metric_time__month"][:10], *(row[group] for group in groups)): {
            metric: Decimal(row[metric]) if row[metric] else None for metric in metrics
        }
        for row in found
    }


@pytest.fixture(scope="module")
def totals(home: Path) -> Figures:
    """Every metric that a mart has too, and what follows from them, in one query."""
    return query(home, [*IN_MARTS, *STEPS, "arr", "acv", "arpa", "net_new_mrr"])


def told(totals: Figures, month: str, *metrics: str) -> list[Decimal | None]:
    values = [totals[(month,)][metric] for metric in metrics]
    return [None if value is None else round(value, 6) for value in values]


def test_mrr_is_what_was_worked_out_by_hand(totals: Figures) -> None:
    """February 2026: Grown 110, Euro 100 at 1.50, Returned 100, Keen, Slow and Early 100 each: 660 of six customers."""
    assert told(totals, "2026-02-01", "mrr", "arr", "paying_customers", "acv", "arpa") == [660, 7920, 6, 1320, 110]


def test_movements_are_what_was_worked_out_by_hand(totals: Figures) -> None:
    """Passing leaves in November, Returned in April, to come back in July. The euro rises by half in September."""
    assert told(totals, "2025-11-01", "churn_mrr", "net_new_mrr") == [-100, -100]
    assert told(totals, "2025-04-01", "churn_mrr", "new_mrr", "expansion_mrr") == [-100, 0, 0]
    assert told(totals, "2025-07-01", "reactivation_mrr") == [100]
    assert told(totals, "2025-09-01", "fx_mrr") == [50]


def test_retention_is_what_was_worked_out_by_hand(totals: Figures) -> None:
    """April 2025: Returned is one of four customers of 100. February 2026, the euro at 1.50 on both sides: those of a
    year ago were Grown 100, Euro 150, Returned 100 and Early 100, and are 110, 150, 100 and 100."""
    assert told(totals, "2025-04-01", "nrr", "logo_churn") == [Decimal("0.75"), Decimal("0.25")]
    assert told(totals, "2026-02-01", "nrr_12m", "grr_12m") == [round(Decimal(460) / 450, 6), 1]


def test_conversions_are_what_was_worked_out_by_hand(totals: Figures) -> None:
    """June 2025: of the leads 1, 2, 3 and 21 (whose stage 8812 nobody has mapped here) 1 and 3 became MQLs; of the MQLs
    1, 3 and 20 only 1 became an SQL. Of the trials Keen's and Slow's, Slow's was paid too late."""
    third = round(Decimal(1) / 3, 6)
    assert told(totals, "2025-06-01", "lead_to_mql", "mql_to_sql") == [Decimal("0.5"), third]
    assert told(totals, "2025-06-01", "trials_started", "trial_to_paid") == [2, Decimal("0.5")]


def test_win_rates_are_what_was_worked_out_by_hand(totals: Figures) -> None:
    third, sixth = round(Decimal(1) / 3, 6), round(Decimal(1) / 6, 6)
    assert told(totals, "2026-02-01", "deals_won", "win_rate", "win_rate_value") == [1, third, sixth]


@pytest.mark.parametrize("metric", IN_MARTS)
def test_a_mart_says_the_same_in_every_month(home: Path, totals: Figures, metric: str) -> None:
    mart, column = IN_MARTS[metric].split(".")
    expected = rows(
        home, f"select {MONTHS[mart]} as month, {column} as value from marts.{mart} where dimension = 'all'"
    )
    assert len(expected) > 1 or mart == "sales_performance"
    assert any(row["value"] for row in expected) or metric == "contraction_mrr"
    for row in expected:
        same(totals[(str(row["month"]),)][metric], row["value"])


@pytest.mark.parametrize("metric", STEPS)
def test_the_funnel_says_the_same_in_every_month(home: Path, totals: Figures, metric: str) -> None:
    query = f"select * from marts.funnel_conversion where dimension = 'all' and from_stage = '{STEPS[metric]}'"
    expected = rows(home, query)
    assert expected
    for row in expected:
        same(totals[(str(row["cohort_month"]),)][metric], row["conversion_rate"])


def test_marts_say_the_same_of_every_segment(home: Path) -> None:
    columns = {"mrr": "closing_mrr", "nrr": "nrr_bridge", "nrr_12m": "nrr_12m", "logo_churn": "logo_churn"}
    found = query(home, list(columns), "customer__segment")
    expected = rows(home, "select * from marts.nrr_monthly where dimension = 'segment'")
    assert len(expected) > 12
    for row in expected:
        for metric, column in columns.items():
            same(found[(str(row["month"]), row["dimension_value"])][metric], row[column])


def same(found: Decimal | None, expected: Decimal | int | None) -> None:
    """Equal to the six decimals that every mart has: MetricFlow divides in floating point."""
    if found is None or expected is None:
        assert found is None and not expected
    else:
        assert abs(found - expected) < Decimal("0.0000006")


def test_the_time_spine_has_every_day_once(home: Path) -> None:
    """50 years of 365 days, and the 13 leap days of 2000 to 2048."""
    found = rows(home, "select count(*) as days, min(day) as first, max(day) as last from marts.time_spine")
    assert found == [{"days": 50 * 365 + 13, "first": date(2000, 1, 1), "last": date(2049, 12, 31)}]
