"""`make bench-engines`: the models on DuckDB and on Spark, at 1, 5 and 20 million invoice lines, on one machine.

Both engines build the same tables from the same lake: every model that the MRR marts need, and those marts, without
tests. The raw objects are those of `make bench-models`. Spark runs in one process with two cores (`local[2]`), which is
not what it is for: the table shows from which size on it is worth while to think of more machines, and what it costs
below.

Seconds are of the clock, from the start of dbt to its end; CPU seconds are of dbt and of all its children; memory is
the largest that all of them together had resident (pages that two share count twice).
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

import psutil

from orchestration.dbt_manifest import DBT_EXECUTABLE, PROFILES_DIR
from orchestration.lake.views import show
from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.spark.build import dbt_target, spark_session
from orchestration.transform import dbt_environment
from tests.bench_models import LINES_EACH, NOW, generate, write
from tests.raw_tables import HUBSPOT, STRIPE, open_warehouse

MILLIONS = (1, 5, 20)
MODELS = ("+mrr_monthly", "+fct_mrr_movements", "+nrr_monthly")


class Cost(NamedTuple):
    """What one build came to."""

    seconds: float
    cpu_seconds: float
    peak_gb: float


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench_engines", description=__doc__)
    parser.add_argument("--millions", type=float, nargs="+", default=list(MILLIONS), help="of invoice lines, ascending")
    parser.add_argument("--engines", nargs="+", default=["duckdb", "spark"], choices=["duckdb", "spark"])
    parser.add_argument("--folder", type=Path, help="for lakes and tables: 60 GB for 20 million lines")
    parser.add_argument("--memory", default="8g", help="of Spark's driver (default: %(default)s)")
    options = parser.parse_args(arguments)
    costs: dict[tuple[str, float], Cost] = {}
    rows = [f"{'engine':<8}{'lines':>8}{'seconds':>10}{'growth':>8}{'CPU s':>10}{'growth':>8}{'peak GB':>9}"]
    with tempfile.TemporaryDirectory(prefix="revfunnel-bench-", dir=options.folder) as name:
        company = generate(Path(name))
        earlier = None
        for millions in options.millions:
            home, lake = Path(name) / f"{millions:g}", Path(name) / f"{millions:g}-lake"
            _write_lake(company, home, lake, round(millions * 1e6 / LINES_EACH))
            for engine in options.engines:
                settings = Settings(
                    _env_file=None,  # pyright: ignore[reportCallIssue]
                    home=home,
                    destination=str(lake),
                    engine=engine,
                    spark="local[2]",
                    spark_memory=options.memory,
                    as_of=NOW,
                )
                costs[engine, millions] = _build(settings)
                rows.append(_row(engine, millions, costs, earlier))
                print(rows[-1], flush=True)
            earlier = millions
            for folder in (home, lake):
                shutil.rmtree(folder)
    print("", *rows, sep="\n")
    return 0


def _write_lake(company: Path, home: Path, lake: Path, subscriptions: int) -> None:
    """The raw objects as files of a lake, and as views of them in an otherwise empty warehouse."""
    write(company, home / "raw", subscriptions)
    raw = home / "raw" / "warehouse.duckdb"
    with open_warehouse(raw) as connection:
        for source, streams in (("stripe", STRIPE), ("hubspot", HUBSPOT)):
            for stream in streams:
                folder = lake / f"raw_{source}" / stream
                folder.mkdir(parents=True)
                connection.execute(f"copy raw_{source}.{stream} to '{folder}/1.parquet' (compression zstd)")
    raw.unlink()
    with open_warehouse(home / "warehouse.duckdb") as connection:
        show(connection, str(lake), "stripe", STRIPE)
        show(connection, str(lake), "hubspot", HUBSPOT)


def _build(settings: Settings) -> Cost:
    command = [
        str(DBT_EXECUTABLE), "build", "--exclude-resource-type", "test", "unit_test", "--select", *MODELS,
        "--target", dbt_target(settings), "--target-path", str(settings.home / settings.engine),
        "--log-path", str(settings.home / settings.engine),
    ]  # fmt: skip
    with spark_session(settings) if settings.engine == "spark" else nullcontext():
        variables = {**os.environ, **dbt_environment(settings), "DBT_PROFILES_DIR": str(PROFILES_DIR)}
        return _measured(command, variables, settings.home)


def _measured(command: Sequence[str], variables: Mapping[str, str], home: Path) -> Cost:
    started, cpu, peak = time.perf_counter(), dict[int, float](), 0
    with (home / "build.log").open("wb") as log:
        process = psutil.Popen(list(command), cwd=PROJECT_ROOT, env=dict(variables), stdout=log, stderr=log)
        while process.poll() is None:
            resident = 0
            for each in _family(process):
                try:
                    times = each.cpu_times()
                    cpu[each.pid] = times.user + times.system
                    resident += each.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            peak = max(peak, resident)
            time.sleep(0.2)
    if process.returncode:
        raise SystemExit((home / "build.log").read_text()[-4_000:])
    return Cost(time.perf_counter() - started, sum(cpu.values()), peak / 1024**3)


def _family(process: psutil.Popen) -> list[psutil.Process]:
    try:
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _row(engine: str, millions: float, costs: Mapping[tuple[str, float], Cost], earlier: float | None) -> str:
    """One row of the table; growth is the factor by which the cost grew for each factor by which the lines did."""
    cost = costs[engine, millions]
    growth = ["", ""]
    if earlier:
        before, factor = costs[engine, earlier], millions / earlier
        growth = [
            f"{now / then / factor:.2f}"
            for now, then in ((cost.seconds, before.seconds), (cost.cpu_seconds, before.cpu_seconds))
        ]
    return (
        f"{engine:<8}{millions:>7g}M{cost.seconds:>10.0f}{growth[0]:>8}{cost.cpu_seconds:>10.0f}{growth[1]:>8}"
        f"{cost.peak_gb:>9.1f}"
    )


if __name__ == "__main__":
    sys.exit(main())
