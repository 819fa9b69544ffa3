"""Five generated companies through the whole pipeline: every customer-month and every movement is the simulation's.

`make run` in test_run.py is the short form: one company of another seed and size.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.driver.local_sandbox import Company, generate
from orchestration.scenarios import compare_published
from orchestration.settings import Settings

REPOSITORY = Path(__file__).resolve().parents[3]
SEEDS = (11, 12, 13, 14, 15)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_every_month_and_movement_is_the_truth(seed: int, tmp_path: Path) -> None:
    folder = generate(Company(customers=300, months=24, seed=seed), Settings(home=tmp_path), tmp_path / "generate.log")
    command = [sys.executable, "-m", "orchestration.scenarios", str(folder), "--truth", "--at-least", "1"]
    home = tmp_path / "home"
    done = subprocess.run(
        [*command, "--home", str(home)], cwd=REPOSITORY, capture_output=True, text=True, timeout=1200, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    tables = {table.name: table for table in compare_published(folder, home / "published.duckdb", truth=True)}
    for table in tables.values():
        assert not table.differences, "\n".join(map(str, table.differences[:40]))
    for name, at_least in (("mrr_month_end", 3_000), ("movements", 400), ("stage_entries", 3_000), ("deals", 300)):
        assert tables[name].expected > at_least
