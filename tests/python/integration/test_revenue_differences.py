"""Back-test and reconciliation on the rule cases: every difference that a hand calculation expects, and no other.

The cases are as of 15 March 2026 12:00 UTC, so the months held against the bills are March 2025 to February 2026.
Periods begin at noon of a day unless a case says otherwise; money is in dollars.
"""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.checks.differences import BACKTEST, RECONCILIATION, read_difference

CENT = Decimal("0.005")

# customer -> (billed less contract, its main reason)
DIFFERENCES = {
    # no reason that a bill could have: the amounts of these lines are not what price and days make
    "below": (-12 * Decimal(20), "unexplained"),  # twelve periods billed at 80 instead of 100
    "pack": (Decimal("7.00") - 5 - Decimal(5) * 8 / 31, "unexplained"),  # one more pack of $5 for 8 of 31 days
    "twice": (  # 10 seats of $10 more for 13 of 31 days, then 8 less for 7
        Decimal("-43.33") + Decimal("86.67") - 45 + 27 - (Decimal(100) * 13 - 80 * 7) / 31,
        "unexplained",
    ),
    "older": (Decimal("58.06") - Decimal("34.84") - Decimal(90 - 54) * 21 / 31, "unexplained"),
    # paused on 5 December with all given back since 24 November: 11 days of 30 for nothing
    "given_back": (-Decimal(100) * 11 / 30, "unexplained"),
    "given_back_woken": (-Decimal(100) * 11 / 30, "unexplained"),
    # told by an event of 24 February, billed for by nobody: 4.5 days of a year until the end of the month
    "gained": (-Decimal(240) * Decimal("4.5") / 365, "not_prorated"),
    "upgraded_by_event": (-Decimal(600) * Decimal("4.5") / 365, "not_prorated"),
    "event": (-Decimal(140) * Decimal("4.5") / 365, "not_prorated"),
    "dropped": (Decimal(240) * Decimal("4.5") / 365, "after_end"),
    # the coupon went on 20 February, the bill of the 10th still has it: 8.5 days of 28
    "taken_away": (-Decimal(25) * Decimal("8.5") / 28, "not_prorated"),
    # left on 10 February, paid until June: 18.5 days of a year
    "left_year": (Decimal(1200) * Decimal("18.5") / 365, "after_end"),
    # paid for on 10 February, paused from the 24th
    "paid_pause": (Decimal(100) * Decimal("4.5") / 28, "while_paused"),
    # incomplete from 31 May 20:00 to 1 June 09:00: 13 hours of 30 days
    "late": (Decimal(100) * 13 / (30 * 24), "while_paused"),
    # recovered on 20 February, the bill of 10 February a draft
    "recovered": (-Decimal(100) * Decimal("8.5") / 28, "uncollected"),
    "voided": (Decimal(-100), "uncollected"),
    "given_up": (Decimal(-100), "uncollected"),
    "goodwill": (Decimal(-100), "free_time"),
    "retrial": (Decimal(-100), "free_time"),
    "free_weeks": (Decimal(-100), "free_time"),
}
# No difference at all, where something could easily be counted twice or not at all.
AGREEING = {
    "anchored": Decimal(100) * 11 / 30 + 8 * 100,  # a stub of 11 days, then eight months
    "backdated": 2 * Decimal(100) + Decimal(100) * (9 + Decimal("18.5") / 28),  # two months on one bill, then monthly
    # a bill of 10 March voided, the next of 5 April: ten cycles, and 23.5 days of February's
    "carded_late": 10 * Decimal(100) + Decimal(100) * Decimal("23.5") / 28,
    "vat_pending": 12 * Decimal(40),
    "vat": 12 * Decimal("71.28"),
    "annual_off": None,
    # neither the charge nor the credit of a change that never came is part of anything
    "lapsed": 12 * Decimal(50),
    "lapsed_interval": 12 * Decimal(100),
    "swap": None,
    "tiered_change": None,
    "same_second": None,
    "shorter": None,
}


@pytest.fixture(scope="module")
def published(rules_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(rules_home / "published.duckdb"), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def reconciled(published: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """Rows of mrr_reconciliation by the case's name."""
    return _rows(published, "mrr_reconciliation")


@pytest.fixture(scope="module")
def backtested(published: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    return _rows(published, "mrr_backtest")


@pytest.mark.parametrize("name", DIFFERENCES)
def test_what_was_billed_differs_as_reckoned_by_hand(name: str, reconciled: dict[str, dict[str, Any]]) -> None:
    difference, reason = DIFFERENCES[name]
    row = reconciled[name]
    assert abs(row["difference"] - difference) < CENT
    assert row["main_reason"] == reason
    # the reason's own column has it all
    assert abs(row[reason] - difference) < CENT
    assert row["is_reconciled"] is (reason != "unexplained")


@pytest.mark.parametrize("name", AGREEING)
def test_what_was_billed_agrees(name: str, reconciled: dict[str, dict[str, Any]]) -> None:
    row, contract = reconciled[name], AGREEING[name]
    assert row["main_reason"] is None
    assert row["is_reconciled"]
    assert contract is None or abs(row["contract"] - contract) < CENT


def test_nothing_else_is_unexplained(reconciled: dict[str, dict[str, Any]]) -> None:
    expected = {name for name, (_, reason) in DIFFERENCES.items() if reason == "unexplained"}
    assert {name for name, row in reconciled.items() if not row["is_reconciled"]} == expected


@pytest.mark.parametrize(
    ("name", "live", "from_invoices", "reason"),
    [
        ("below", 100, 80, "unexplained"),
        ("gained", 120, 100, "changed_since_billed"),
        ("dropped", 100, 120, "changed_since_billed"),
        ("event", 20, Decimal(100) / 12, "changed_since_billed"),
        ("upgraded_by_event", 50, 0, "changed_since_billed"),
        ("left_year", 0, 100, "ended"),
        ("draft", 100, 0, "draft"),  # the bill of 10 March has been a draft for five days
        ("uncollectible", 0, 100, "paused"),  # written off later, so it looks like any other bad debt
        ("taken_away", 100, 0, "not_billed"),  # its last period ended on 10 March
        # a line of 50 less 10 VAT, and (93.55 - 46.77) / 1.25 for 29 of 31 days
        ("vat_pending", 80, 40 + Decimal("46.78") / Decimal("1.25") * 31 / 29, None),
        ("pending", 20, Decimal("100") / 12 + Decimal("130.03") * 365 / 339 / 12, None),  # 5 February to 10 January
        ("anchored", 100, 100, None),
        ("vat", Decimal("71.28"), Decimal("71.28"), None),
    ],
)
def test_invoices_alone_say(
    name: str, live: Decimal, from_invoices: Decimal, reason: str | None, backtested: dict[str, dict[str, Any]]
) -> None:
    row = backtested[name]
    assert abs(row["mrr_live"] - live) < CENT
    assert abs(row["mrr_from_invoices"] - from_invoices) < CENT
    assert row["reason"] == reason


def test_a_paused_subscription_whose_bills_are_born_void_is_worth_nothing_by_both(
    backtested: dict[str, dict[str, Any]],
) -> None:
    assert "paid_pause" not in backtested


@pytest.mark.parametrize(("query", "table"), [(BACKTEST, "mrr_backtest"), (RECONCILIATION, "mrr_reconciliation")])
def test_the_checks_read_all_of_it(query: str, table: str, published: duckdb.DuckDBPyConnection) -> None:
    found = read_difference(published, query)
    assert found.subscriptions == len(_rows(published, table, "subscription_id"))
    assert found.worst[0].customer_id == "cus_below"
    assert len(found.worst) <= 10


def _rows(
    connection: duckdb.DuckDBPyConnection, table: str, key: str = "replace(customer_id, 'cus_', '')"
) -> dict[str, dict[str, Any]]:
    """A mart's rows by a key; cases with one subscription have one row."""
    cursor = connection.execute(f"select {key}, * from marts.{table}")
    names = [column[0] for column in cursor.description or []][1:]
    return {key: dict(zip(names, row, strict=True)) for key, *row in cursor.fetchall()}
