"""MRR rolled up to companies, and the gap between the two NRRs, on an account small enough to work out by hand."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.python.rule_cases.objects import LAST_CLOSED_MONTH
from tests.python.small_accounts.building import Row, build, land, rows, write_account
from tests.python.small_accounts.rollup_customers import account

JANUARY, JUNE = date(2025, 1, 1), date(2025, 6, 1)
ROUNDED = Decimal("0.00000002")  # a difference of two figures of eight decimals


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("rollup")
    write_account(account(), home / "folder")
    land(home / "folder", home)
    build(home)
    return home


def movements(home: Path, account: str) -> dict[tuple[date, str], Decimal]:
    found = rows(home, f"select * from marts.fct_company_mrr_movements where account_id = '{account}'")
    return {(row["month"], row["movement"]): row["amount"] for row in found}


def month(home: Path, account: str, of: date) -> Row:
    (found,) = rows(
        home, f"select * from marts.company_mrr_monthly where account_id = '{account}' and month = date '{of}'"
    )
    return found


def test_one_customer_that_leaves_and_one_that_grows_are_one_expansion(home: Path) -> None:
    """100 + 100 = 200 until May; 0 + 250 in June. Three seats of 50 came (+150), a subscription of 100 went."""
    assert movements(home, "7001") == {(JANUARY, "new"): 200, (JUNE, "expansion"): 50}
    (june,) = rows(
        home, f"select * from marts.fct_company_mrr_movements where account_id = '7001' and month = date '{JUNE}'"
    )
    parts = ("volume_amount", "price_amount", "plan_change_amount", "discount_amount")
    assert [june[part] for part in parts] == [150, 0, -100, 0]
    may, june = month(home, "7001", date(2025, 5, 1)), month(home, "7001", JUNE)
    assert (may["mrr"], may["paying_customers"]) == (200, 2)
    assert (june["mrr"], june["paying_customers"], june["company_name"]) == (250, 1, "Company 7001")


def test_its_customers_keep_their_own_movements(home: Path) -> None:
    found = rows(
        home,
        "select customer_id, movement, amount from marts.fct_mrr_movements "
        f"where month = date '{JUNE}' and customer_id in ('cus_west', 'cus_east')",
    )
    assert {(row["customer_id"], row["movement"], row["amount"]) for row in found} == {
        ("cus_west", "churn", -100),
        ("cus_east", "expansion", 150),
    }


def test_a_contract_that_goes_over_to_another_customer_moves_nothing(home: Path) -> None:
    assert movements(home, "7002") == {(JANUARY, "new"): 100}
    assert {month(home, "7002", date(2025, number, 1))["mrr"] for number in range(1, 13)} == {100}


def test_a_customer_without_a_company_is_its_own_account(home: Path) -> None:
    assert movements(home, "cus_alone") == {(JANUARY, "new"): 100}
    assert month(home, "cus_alone", JUNE)["hubspot_company_id"] is None


def test_the_gap_between_the_two_nrrs_is_what_its_parts_say(home: Path) -> None:
    """March 2025 to February 2026; the months that move anything are April, June and November.

    Monthly, everybody, each month's rates: April 200/300 (Returned leaves), June 310/300 (Grown; Passing is there),
    November 360/460 (110 + 150 + 100 + 100 less Passing).
    Those of a year ago only: April 200/300, June 210/200 (Grown 110 + Euro 100; Returned is away), November 1.
    At today's rate, the euro at 1.50: April 250/350, June 260/250.
    Today's MRR of those: 110 + 150 + 100 of 350.
    """
    monthly = Decimal(200) / 300 * 310 / 300 * 360 / 460
    cohort = Decimal(200) / 300 * 210 / 200
    constant = Decimal(250) / 350 * 260 / 250
    (found,) = rows(
        home,
        "select * from marts.nrr_monthly where dimension = 'plan' and dimension_value = 'gap' "
        f"and month = date '{LAST_CLOSED_MONTH}'",
    )
    expected = {
        "nrr_bridge_12m": monthly,
        "nrr_12m": Decimal(360) / 350,
        "nrr_gap": Decimal(360) / 350 - monthly,
        "nrr_gap_newer_customers": cohort - monthly,
        "nrr_gap_fx": constant - cohort,
        "nrr_gap_reactivation": Decimal(360) / 350 - constant,
    }
    for name, value in expected.items():
        assert abs(found[name] - value) <= ROUNDED, (name, found[name], value)
    assert found["nrr_gap_reason"].startswith("Customers of a year ago left and came back")


def test_there_is_no_gap_before_a_year_is_full(home: Path) -> None:
    """Nobody paid before January 2025: December 2025 has eleven monthly figures and no customers of a year ago."""
    columns = ("nrr_bridge_12m", "nrr_gap", "nrr_gap_newer_customers", "nrr_gap_fx", "nrr_gap_reactivation")
    found = rows(
        home, f"select {', '.join(columns)}, nrr_gap_reason from marts.nrr_monthly where month <= date '2025-12-01'"
    )
    assert found
    assert all(value is None for row in found for value in row.values())
