"""The revenue rules on small histories whose MRR was worked out by hand, through the whole pipeline."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.explain import explain
from orchestration.scenarios import compare_published
from orchestration.settings import Settings, UserError
from tests.python.rule_cases.book import all_cases
from tests.python.rule_cases.cases_schedules import COMMITTED
from tests.python.rule_cases.objects import monthly

CASES = {case.name: case for case in all_cases().cases}


@pytest.fixture(scope="module")
def wrong_months(rules_folder: Path, rules_home: Path) -> dict[str, list[str]]:
    """What differs, by customer."""
    (comparison,) = compare_published(rules_folder, rules_home / "published.duckdb", truth=False)
    assert comparison.expected > len(CASES)
    wrong: dict[str, list[str]] = {}
    for difference in comparison.differences:
        wrong.setdefault(difference.key[0], []).append(str(difference))
    return wrong


@pytest.mark.parametrize("name", CASES)
def test_customer_is_worth_what_the_rule_says(name: str, wrong_months: dict[str, list[str]]) -> None:
    case = CASES[name]
    assert not wrong_months.get(case.customer), case.why


@pytest.fixture(scope="module")
def committed(rules_home: Path) -> dict[tuple[str, str], Decimal]:
    """Committed MRR by customer and month."""
    with duckdb.connect(str(rules_home / "published.duckdb"), read_only=True) as connection:
        rows: list[tuple[str, date, Decimal]] = connection.execute(
            "select customer_id, month, committed_mrr from marts.mrr_monthly"
        ).fetchall()
    return {(customer, month.isoformat()): amount for customer, month, amount in rows}


@pytest.mark.parametrize("name", COMMITTED)
def test_planned_phases_count_in_committed_mrr(name: str, committed: dict[tuple[str, str], Decimal]) -> None:
    case = CASES[name]
    for month, amount in monthly(COMMITTED[name]):
        assert committed[case.customer, month] == Decimal(amount), (month, case.why)


def test_cases_are_compared(tmp_path: Path) -> None:
    """Every case is among the expected rows: a case that no row stands for could never fail."""
    all_cases().write(tmp_path / "book")
    rows = (tmp_path / "book" / "expected" / "mrr_month_end.csv").read_text().splitlines()[1:]
    assert {row.split(",")[0] for row in rows} == {case.customer for case in CASES.values()}


def test_explain_names_the_objects_that_a_figure_was_read_from(rules_home: Path) -> None:
    told = "\n".join(explain(Settings(home=rules_home), "cus_pending"))
    assert "2026-01-10 12:00:00  10 x price_pending: list 8.33, MRR 8.33 (active)" in told
    assert "2026-02-05 12:00:00  24 x price_pending: list 20.00, MRR 20.00 (active)" in told
    assert "raw_stripe.invoiceitems ii_pending_24: pricing, quantity, period.start" in told
    assert "2026-02  expansion            +11.67" in told


def test_explain_names_the_schedule_that_moves_committed_mrr(rules_home: Path) -> None:
    """Cases step_down and let_go: $40 from 10 April on, known since the schedule was made; given up on 3 February."""
    told = "\n".join(explain(Settings(home=rules_home), "cus_step_down"))
    assert re.search(
        r"2026-02-10 12:00:00  planned in raw_stripe\.subscription_schedules sub_sched_step_down_1 \(.*\): phases\n"
        r"    2025-01-10 12:00:00  1 x price_sched_full: 100\.00 a month\n"
        r"    2026-04-10 12:00:00  1 x price_sched_small: 40\.00 a month\n"
        r"    2027-04-10 12:00:00  it goes on as it is\n",
        told,
    )
    assert "    2025-01-10 12:00:00  1 x price_sched_full: list 100.00, MRR 100.00 (active)\n" in told
    assert "    2026-02-10 12:00:00  1 x price_sched_full: list 100.00, MRR 100.00, committed 40.00 (active)\n" in told

    told = "\n".join(explain(Settings(home=rules_home), "cus_let_go"))
    assert "  2026-02-03 12:00:00  sub_sched_let_go_1 was given up, or is done\n" in told
    assert "    2026-02-03 12:00:00  1 x price_term: list 100.00, MRR 100.00 (active)\n" in told


def test_explain_says_when_an_end_was_scheduled(rules_home: Path) -> None:
    """Case kept: cancelled on 20 February, for 10 April. Case fixed_term: its schedule ends it on 10 April."""
    told = "\n".join(explain(Settings(home=rules_home), "cus_kept"))
    assert "  2026-02-20 12:00:00  active, its end is scheduled\n" in told
    assert "    2026-02-20 12:00:00  1 x price_kept: list 100.00, MRR 100.00, committed 0.00 (active)\n" in told
    told = "\n".join(explain(Settings(home=rules_home), "cus_fixed_term"))
    assert "    2026-04-10 12:00:00  the subscription ends\n" in told


def test_explain_says_which_customer_is_not_there(rules_home: Path) -> None:
    with pytest.raises(UserError, match="no customer cus_nobody in"):
        explain(Settings(home=rules_home), "cus_nobody")
