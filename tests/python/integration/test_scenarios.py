"""The hand-made scenarios through the whole pipeline: real SDKs, real Dagster, real dbt, every expected table."""

import subprocess
import sys
from pathlib import Path

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
