"""The recipe for plain DuckDB in docs/bi.md, run as it stands there, and what its lock refuses."""

import re
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "bi.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a data/published.duckdb of two months and a segment."""
    (tmp_path / "data").mkdir()
    with duckdb.connect(str(tmp_path / "data" / "published.duckdb")) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.nrr_monthly "
            "(month date, dimension varchar, closing_mrr decimal(28,8), nrr_12m decimal(18,8))"
        )
        rows = [
            (date(2026, 2, 1), "all", Decimal("110.5"), Decimal("1.05")),
            (date(2026, 1, 1), "all", Decimal("100"), None),
            (date(2026, 2, 1), "segment", Decimal("50"), Decimal("1")),
        ]
        connection.executemany("insert into marts.nrr_monthly values (?, ?, ?, ?)", rows)
    return tmp_path


def recipe() -> str:
    (found,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), flags=re.S)
    return found


def test_the_python_recipe_prints_the_total_of_every_month(folder: Path) -> None:
    done = subprocess.run([sys.executable, "-c", recipe()], cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "2026-01-01 100.00000000 None",
        "2026-02-01 110.50000000 1.05000000",
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/passwd')",
        "copy (select 1) to 'out.csv'",
        "attach 'other.duckdb'",
        "set enable_external_access = true",
        "delete from marts.nrr_monthly",
    ],
)
def test_its_lock_refuses_files_and_changes(folder: Path, sql: str) -> None:
    told = recipe().split("with duckdb.connect")[0]
    opened = re.search(r"duckdb\.connect\(.*?\)(?= as)", recipe())
    assert opened
    program = f"{told}\nwith {opened.group()} as connection:\n    connection.execute({sql!r})"
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False)
    assert re.search(r"PermissionException|InvalidInputException|BinderException", done.stderr), done.stderr
    assert [path.name for path in folder.iterdir()] == ["data"]
