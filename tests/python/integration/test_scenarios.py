"""The hand-made scenarios through the whole pipeline: real SDKs, real Dagster, real dbt, every expected table."""

import csv
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.driver.comparison import Comparison, by_scenario
from orchestration.scenarios import compare_published

REPOSITORY = Path(__file__).resolve().parents[3]
SCENARIOS = [f"P{number:02}" for number in range(1, 37)]


@pytest.fixture(scope="module")
def scenario_run(scenarios_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """One run of `python -m orchestration.scenarios`: the published file and what was printed."""
    home = tmp_path_factory.mktemp("scenarios")
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.scenarios", str(scenarios_dir), "--home", str(home)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    published = home / "published.duckdb"
    assert published.exists(), done.stdout + done.stderr
    return published, done.stdout


@pytest.fixture(scope="module")
def tables(scenario_run: tuple[Path, str], scenarios_dir: Path) -> dict[str, Comparison]:
    compared = compare_published(scenarios_dir, scenario_run[0], truth=False)
    return {table.name: table for table in compared}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_month_end_mrr_and_movements_are_as_derived_by_hand(tables: dict[str, Comparison], scenario: str) -> None:
    wrong = [
        f"{name}: {difference}"
        for name in ("mrr_month_end", "movements")
        for difference in tables[name].differences
        if difference.key[0] == f"cus_{scenario}"
    ]
    assert not wrong, "\n".join(wrong)
    matched, expected = by_scenario(tables["mrr_month_end"])[scenario]
    assert matched == expected > 0


@pytest.mark.parametrize("table", ["retention", "funnel", "win_rate", "identity"])
def test_the_other_tables_are_as_derived_by_hand(tables: dict[str, Comparison], table: str) -> None:
    wrong = [str(difference) for difference in tables[table].differences]
    assert not wrong, "\n".join(wrong)
    assert tables[table].matched == tables[table].expected > 0


def test_the_command_prints_matched_and_expected_per_scenario(scenario_run: tuple[Path, str]) -> None:
    printed = scenario_run[1].splitlines()
    (line,) = [line for line in printed if line.startswith("P01 ")]
    assert line.split() == ["P01", "14", "/", "14", "1", "/", "1", "1", "/", "1", "ok"]
    assert printed[-1] == f"{len(SCENARIOS)} of {len(SCENARIOS)} scenarios match"


def test_cohorts_are_what_the_expected_month_ends_come_to(scenario_run: tuple[Path, str], scenarios_dir: Path) -> None:
    """US dollar cohorts reckoned here from the expected tables alone, month of the `new` movement by age."""
    with (scenarios_dir / "expected" / "movements.csv").open() as file:
        first = {row["customer_id"]: row["month"] for row in csv.DictReader(file) if row["movement"] == "new"}
    with (scenarios_dir / "expected" / "mrr_month_end.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["currency"] == "usd" and row["customer_id"] in first]
    start = {row["customer_id"]: Decimal(row["mrr"]) for row in rows if row["month"] == first[row["customer_id"]]}
    expected: dict[tuple[str, int], list[Decimal]] = {}
    for row in rows:
        customer, month, mrr = row["customer_id"], row["month"], Decimal(row["mrr"])
        if month >= first[customer]:
            age = months_between(first[customer], month)
            sums = expected.setdefault((first[customer], age), [Decimal(0)] * 4)
            for position, value in enumerate((1, mrr > 0, start[customer], mrr)):
                sums[position] += Decimal(value)

    with duckdb.connect(str(scenario_run[0]), read_only=True) as connection:
        found = connection.execute(
            "select cast(cohort_month as varchar), age_months, customers, customers_retained, mrr_start, mrr_retained "
            "from marts.retention_cohorts where dimension = 'currency' and dimension_value = 'usd' and is_closed"
        ).fetchall()
    assert {(month, age) for month, age, *_ in found} == set(expected)
    for month, age, *values in found:
        for value, wanted in zip(values, expected[month, age], strict=True):
            assert abs(value - wanted) < Decimal("0.001"), (month, age, values)


def months_between(earlier: str, later: str) -> int:
    """Whole months from one YYYY-MM-DD to another, both first days."""
    return (int(later[:4]) - int(earlier[:4])) * 12 + int(later[5:7]) - int(earlier[5:7])
