"""Each policy switch changes what it says and nothing else, on customers whose MRR was worked out by hand.

The warehouse is built by default first and then again under the switch, as it is when somebody edits dbt_project.yml.
"""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration.explain import explain
from orchestration.settings import Settings
from tests.python.rule_cases.objects import LAST_CLOSED_MONTH, monthly
from tests.python.small_accounts.building import Row, build, dbt, land, rows, write_account
from tests.python.small_accounts.policy_customers import ALL, SWITCHES, Account, Steps

EXACT = Decimal("0.0001")
TABLES = {
    "mrr_monthly": ("customer_id", "month", "currency"),
    "fct_mrr_movements": ("customer_id", "month", "currency", "movement"),
    "fct_mrr_changes": ("subscription_item_id", "changed_on"),
}
Keyed = dict[tuple[Any, ...], Row]


@dataclass(frozen=True)
class Built:
    """The revenue marts of one build, by table and key."""

    home: Path
    tables: Mapping[str, Keyed]

    def of(self, table: str, customer: str) -> Keyed:
        return {key: row for key, row in self.tables[table].items() if row["customer_id"] == customer}

    def mrr(self, customer: str) -> dict[date, Decimal]:
        """Month-end MRR of the closed months."""
        found = self.of("mrr_monthly", customer).values()
        return {row["month"]: row["mrr"] for row in found if row["month"] <= LAST_CLOSED_MONTH}

    def movements(self, customer: str) -> dict[tuple[date, str], Decimal]:
        found = self.of("fct_mrr_movements", customer).values()
        return {(row["month"], row["movement"]): row["amount"] for row in found if row["month"] <= LAST_CLOSED_MONTH}


@pytest.fixture(scope="module")
def account() -> Account:
    return Account()


@pytest.fixture(scope="module")
def default_home(account: Account, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("default")
    write_account(account.book, home / "folder")
    land(home / "folder", home)
    build(home)
    return home


@pytest.fixture(scope="module")
def default(default_home: Path) -> Built:
    return read(default_home)


@pytest.fixture(scope="module")
def under(default_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Mapping[str, Any]], Built]:
    """Builds the same warehouse again under other policies, with all blocking tests."""

    def rebuilt(policies: Mapping[str, Any]) -> Built:
        home = tmp_path_factory.mktemp("switched")
        shutil.copy(default_home / "warehouse.duckdb", home)
        build(home, policies)
        return read(home)

    return rebuilt


@pytest.fixture(scope="module")
def together(under: Callable[[Mapping[str, Any]], Built]) -> Built:
    """Under all switches at once."""
    return under(SWITCHES)


def read(home: Path) -> Built:
    return Built(
        home,
        {
            table: {tuple(row[name] for name in key): row for row in rows(home, f"select * from marts.{table}")}
            for table, key in TABLES.items()
        },
    )


def expected_months(steps: Steps) -> dict[date, Decimal]:
    return {date.fromisoformat(month): Decimal(mrr) for month, mrr in monthly(steps)}


def expected_movements(months: Mapping[date, Decimal]) -> dict[tuple[date, str], Decimal]:
    """The one movement of every month in which the MRR is not that of the month before."""
    found: dict[tuple[date, str], Decimal] = {}
    before, has_paid = Decimal(0), False
    for month, mrr in sorted(months.items()):
        if mrr != before:
            gained = "expansion" if before else "reactivation" if has_paid else "new"
            lost = "contraction" if mrr else "churn"
            found[month, gained if mrr > before else lost] = mrr - before
        before, has_paid = mrr, has_paid or mrr > 0
    return found


def assert_close(found: Mapping[Any, Decimal], expected: Mapping[Any, Decimal], why: str) -> None:
    assert set(found) == set(expected), why
    wrong = {key: (found[key], expected[key]) for key in expected if abs(found[key] - expected[key]) > EXACT}
    assert not wrong, (why, wrong)


def assert_switched(account: Account, switch: str, default: Built, switched: Built) -> None:
    """Whom the switch speaks of is worth what was worked out; every other row is what it was, in every column."""
    changed = 0
    for case in account.book.cases:
        why = f"{case.customer} under {switch}: {case.why}"
        steps = account.under[case.customer].get(switch)
        if steps is None:
            for table in TABLES:
                assert switched.of(table, case.customer) == default.of(table, case.customer), why
            continue
        months, usual = expected_months(steps), expected_months(case.expected)
        assert_close(switched.mrr(case.customer), months, why)
        assert_close(switched.movements(case.customer), expected_movements(months), why)
        for key, row in switched.of("mrr_monthly", case.customer).items():
            if months.get(row["month"], 0) == usual.get(row["month"], 1):
                assert row == default.tables["mrr_monthly"][key], why
        changed += months != usual
    assert changed
    assert set(switched.tables["mrr_monthly"]) == set(default.tables["mrr_monthly"])


def test_by_default_everybody_is_worth_what_the_rules_say(account: Account, default: Built) -> None:
    for case in account.book.cases:
        months = expected_months(case.expected)
        assert_close(default.mrr(case.customer), months, case.why)
        assert_close(default.movements(case.customer), expected_movements(months), case.why)


def test_all_switches_together(account: Account, default: Built, together: Built) -> None:
    assert_switched(account, ALL, default, together)


def test_explain_names_the_bill_that_usage_was_read_from(together: Built) -> None:
    told = "\n".join(explain(Settings(home=together.home), "cus_onlyusage"))
    assert "2025-02-01 00:00:00  3000 x price_onlyusage_calls: list 30.00, MRR 30.00 (usage)" in told
    (first, *_) = rows(together.home, "select id from raw_stripe.invoices where payload like '%onlyusage%' order by id")
    assert f"raw_stripe.invoices {first['id']}: lines[{first['id'].replace('in_', 'il_')}_0]" in told


@pytest.mark.slow
@pytest.mark.parametrize("switch", SWITCHES)
def test_each_switch_alone(
    switch: str, account: Account, default: Built, under: Callable[[Mapping[str, Any]], Built]
) -> None:
    assert_switched(account, switch, default, under({switch: SWITCHES[switch]}))


def test_a_policy_that_is_none_stops_dbt_with_its_name(tmp_path: Path) -> None:
    done = dbt(tmp_path, "parse", policies={"churn_date": "foo"})
    assert done.returncode != 0
    assert "var 'churn_date' is 'foo'; allowed are ended_at and canceled_at" in done.stdout + done.stderr
