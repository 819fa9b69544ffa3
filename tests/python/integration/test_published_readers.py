"""BI reads while the pipeline publishes: no reader ever fails or sees half a publish, and no publish fails.

Every publish writes one number into two tables and into `meta`; a reader that finds two numbers has seen a mixture.
Readers are processes of their own, as BI tools are: within one process DuckDB shares what it has opened.
"""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.publish import publish

TABLES = ("mrr_monthly", "nrr_monthly")
ROWS = 20_000
READER = f"""
import sys, duckdb
path, stop = sys.argv[1:]
import pathlib
rounds = 0
while not pathlib.Path(stop).exists() or not rounds:
    with duckdb.connect(path, read_only=True) as connection:
        seen = connection.execute(
            "select distinct number from (select number from marts.mrr_monthly union all "
            "select number from marts.nrr_monthly union all select cast(run_id as bigint) from marts.meta)"
        ).fetchall()
        counts = connection.execute(
            "select (select count(*) from marts.mrr_monthly), (select count(*) from marts.nrr_monthly)"
        ).fetchone()
    assert len(seen) == 1 and counts == ({ROWS}, {ROWS}), (seen, counts)
    rounds += 1
print(rounds)
"""


def write(warehouse: Path, target: Path, number: int) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create schema if not exists marts")
        for table in TABLES:
            connection.execute(
                f"create or replace table marts.{table} as select {number} as number, i from range({ROWS}) as t (i)"
            )
    publish(warehouse, target, TABLES, {"published_at": datetime.now(UTC), "run_id": str(number)})


@pytest.mark.parametrize(
    ("readers", "publishes"), [(4, 8), pytest.param(20, 30, marks=pytest.mark.slow)], ids=["short", "long"]
)
def test_readers_and_publishes_never_disturb_each_other(tmp_path: Path, readers: int, publishes: int) -> None:
    warehouse, target, stop = tmp_path / "warehouse.duckdb", tmp_path / "published.duckdb", tmp_path / "stop"
    write(warehouse, target, 0)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(target), str(stop)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(readers)
    ]  # fmt: skip
    for number in range(1, publishes + 1):
        write(warehouse, target, number)
    stop.touch()
    rounds = []
    for reader in running:
        out, err = reader.communicate(timeout=120)
        assert reader.returncode == 0, err
        rounds.append(int(out))
    assert sum(rounds) >= readers
    with duckdb.connect(str(target), read_only=True) as connection:
        assert connection.execute("select run_id from marts.meta").fetchall() == [(str(publishes),)]


@pytest.mark.slow  # installs two older DuckDBs
@pytest.mark.parametrize("version", ["1.4", "1.5"])
def test_older_clients_read_the_published_file(tmp_path: Path, version: str) -> None:
    target = tmp_path / "published.duckdb"
    write(tmp_path / "warehouse.duckdb", target, 7)
    packages = tmp_path / "packages"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", str(packages)]
    subprocess.run([*pip, f"duckdb=={version}.*"], check=True)
    program = f"""
import duckdb
connection = duckdb.connect({str(target)!r}, read_only=True)
print(duckdb.__version__, *connection.execute('select sum(number) from marts.mrr_monthly').fetchone())
"""
    told = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": str(packages)}, capture_output=True, text=True, check=True
    ).stdout.split()
    assert told[0].startswith(version)
    assert int(told[1]) == 7 * ROWS
