"""Back-test, reconciliation and exchange rates: what passes, what is said, and that nothing unknown is called right."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration.checks import exchange_rates, revenue
from orchestration.checks.differences import RECONCILIATION, Customer, Difference, Reason, read_difference
from orchestration.checks.exchange_rates import OldRate
from orchestration.checks.policies import policy
from orchestration.settings import UserError

INVOICES_ALONE, BILLED = revenue.COMPARISONS
FOUND = Difference(
    subscriptions=200,
    agreeing=196,
    without_rate=1,
    worth=Decimal(100_000),
    error=Decimal(4_000),
    unexplained=Decimal(50),
    reasons=[Reason("changed_since_billed", 3, Decimal(-3_950)), Reason("unexplained", 1, Decimal(50))],
    worst=[Customer("cus_1", Decimal(700), Decimal(50), Decimal(50), "unexplained")],
)


@pytest.mark.parametrize(
    ("error", "unexplained", "invoices_alone", "billed"),
    [
        # allowed are 5 % in all for the invoices alone, 0.1 % unexplained for both: 5,000 and 100 of 100,000
        (5_000, 100, True, True),
        (5_001, 0, False, True),
        (101, 101, False, False),
        (0, 0, True, True),
    ],
)
def test_what_is_allowed_decides(error: int, unexplained: int, invoices_alone: bool, billed: bool) -> None:
    found = replace(FOUND, error=Decimal(error), unexplained=Decimal(unexplained))
    for comparison, passed in ((INVOICES_ALONE, invoices_alone), (BILLED, billed)):
        result = revenue.report(comparison, found, "usd")
        assert result.passed is passed
        assert result.severity == dg.AssetCheckSeverity.WARN


def test_the_metadata_says_how_much_why_and_who() -> None:
    result = revenue.report(INVOICES_ALONE, FOUND, "eur")
    told = {name: value.value for name, value in result.metadata.items()}
    assert result.description == (
        "pass: 196 of 200 subscriptions agree to the cent; 4,000.00 of 100,000.00 EUR (4.00 %) do not, "
        "50.00 EUR (0.05 %) for no known reason"
    )
    assert told["error"] == "4,000.00 EUR"
    assert told["relative_error"] == pytest.approx(0.04)
    assert told["agreeing_share"] == pytest.approx(0.98)
    assert told["without_exchange_rate"] == 1
    assert "| changed since billed | 3 | -3,950.00 |" in str(told["reasons"])
    assert "| cus_1 | 700.00 | +50.00 | +50.00 | unexplained |" in str(told["worst_customers"])
    assert "make explain CUSTOMER=" in str(told["look_further"])


@pytest.mark.parametrize(
    ("without_rate", "why"), [(0, "no closed month has MRR yet"), (3, "3 subscriptions, and no exchange rate for any")]
)
def test_nothing_to_compare_is_a_warning(without_rate: int, why: str) -> None:
    nothing = replace(FOUND, worth=Decimal(0), error=Decimal(0), unexplained=Decimal(0), without_rate=without_rate)
    result = revenue.report(BILLED, nothing, "usd")
    assert not result.passed
    assert result.severity == dg.AssetCheckSeverity.WARN
    assert (result.description or "").startswith(f"not computable: {why}")


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """A mart with two subscriptions of one customer that cancel each other out, one that agrees, one without a rate."""
    with duckdb.connect() as connection:
        connection.execute("create schema marts")
        connection.execute(
            """
            create table marts.mrr_reconciliation as
            select * from (values
                ('cus_1', 1000.00, 30.00, 30.00, false, 'unexplained'),
                ('cus_1', 1000.00, -30.00, 0.00, true, 'not_prorated'),
                ('cus_2', 500.00, 0.01, 0.01, true, null),
                ('cus_3', null, null, null, false, 'unexplained')
            ) as subscriptions (
                customer_id, contract_reporting, difference_reporting, unexplained_reporting, is_reconciled, main_reason
            )
            """
        )
        yield connection


def test_errors_do_not_cancel_out(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = read_difference(warehouse, RECONCILIATION)
    assert (found.subscriptions, found.agreeing, found.without_rate) == (4, 1, 1)
    assert (found.worth, found.error, found.unexplained) == (Decimal(2500), Decimal("60.01"), Decimal(30))
    assert [(each.reason, each.subscriptions) for each in found.reasons] == [("not_prorated", 1), ("unexplained", 2)]
    (worst,) = found.worst
    assert (worst.customer_id, worst.error, worst.reasons) == ("cus_1", Decimal(0), "not prorated, unexplained")


OLD = OldRate("eur", date(2026, 1, 1), date(2026, 2, 1), date(2024, 6, 28), "seed", 610, Decimal(200))


def test_an_old_rate_is_named_with_currency_month_date_and_what_to_do() -> None:
    result = exchange_rates.report([OLD, replace(OLD, currency="sek")], converted=30)
    assert not result.passed
    assert result.severity == dg.AssetCheckSeverity.WARN
    told = result.description or ""
    assert "EUR in 2026-01 to 2026-02: rate of 2024-06-28 (seed), 610 days off (allowed: 7); 1 more" in told
    assert "balance transactions" in told
    assert "seeds/fx_rates.csv" in told
    table = str(result.metadata["old_rates"].value)
    assert "| SEK | 2026-01 to 2026-02 | 2024-06-28 | seed | 610 | 200.00 |" in table


def test_a_currency_without_a_rate_says_so() -> None:
    none = replace(OLD, currency="kwd", first_month=OLD.last_month, rate_date=None, source=None, age_days=None)
    assert "KWD in 2026-02: no rate" in (exchange_rates.report([none], converted=1).description or "")


@pytest.mark.parametrize(("converted", "told"), [(0, "no MRR in other currencies"), (12, "all 12 within 7 days")])
def test_recent_rates_pass(converted: int, told: str) -> None:
    result = exchange_rates.report([], converted)
    assert result.passed
    assert told in (result.description or "")


def test_none_of_the_checks_blocks() -> None:
    specs = [*revenue.revenue_checks.check_specs, *exchange_rates.exchange_rates_are_recent.check_specs]
    assert {spec.name for spec in specs} == {
        "invoices_alone",
        "billed_against_contract",
        "exchange_rates_are_recent",
    }
    assert not any(spec.blocking for spec in specs)


def test_a_policy_is_read_where_the_models_read_it() -> None:
    assert policy("fx_rate_max_age_days") == 7


@pytest.mark.parametrize("value", ["", "yes", "true", "'0.1'"])
def test_a_policy_that_is_no_number_is_refused_by_name(value: str, tmp_path: Path) -> None:
    project = tmp_path / "dbt_project.yml"
    project.write_text(f"vars:\n  backtest_max_error: {value}\n")
    with pytest.raises(UserError, match="var backtest_max_error must be a number"):
        policy("backtest_max_error", project)
