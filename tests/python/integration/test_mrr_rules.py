"""The revenue rules on small histories whose MRR was worked out by hand, through the whole pipeline."""

from pathlib import Path

import pytest

from orchestration.scenarios import compare_published, run_folder
from tests.python.rule_cases.book import all_cases

CASES = {case.name: case for case in all_cases().cases}


@pytest.fixture(scope="module")
def wrong_months(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What differs, by customer."""
    folder = tmp_path_factory.mktemp("rules") / "book"
    all_cases().write(folder)
    published = run_folder(folder, tmp_path_factory.mktemp("home"))
    (comparison,) = compare_published(folder, published, truth=False)
    assert comparison.expected > len(CASES)
    wrong: dict[str, list[str]] = {}
    for difference in comparison.differences:
        wrong.setdefault(difference.key[0], []).append(str(difference))
    return wrong


@pytest.mark.parametrize("name", CASES)
def test_customer_is_worth_what_the_rule_says(name: str, wrong_months: dict[str, list[str]]) -> None:
    case = CASES[name]
    assert not wrong_months.get(case.customer), case.why


def test_cases_are_compared(tmp_path: Path) -> None:
    """Every case is among the expected rows: a case that no row stands for could never fail."""
    all_cases().write(tmp_path / "book")
    rows = (tmp_path / "book" / "expected" / "mrr_month_end.csv").read_text().splitlines()[1:]
    assert {row.split(",")[0] for row in rows} == {case.customer for case in CASES.values()}
