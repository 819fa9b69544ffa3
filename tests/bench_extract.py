"""`make bench-extract`: invoices a second from a local server into DuckDB, ours against dlt's `rest_api` source.

Both read the same 100,000 invoices of 4 KB from the same server with the same page size and expansions, alternately,
each run in a process and a database of its own. Seconds are of the clock, from the first request to the last row in the
closed file, without imports. Theirs is dlt's source as its documentation has it, loading Parquet files, with nested
lists kept as JSON (`max_table_nesting=0`, as ours does; its default, a table for every nested list, is slower). It has
the easier job: ours also checks the order of every page, reads the lines that the API cuts off (some 900 requests
more), sorts the keys, hashes, keeps one version an id and could go on where it was stopped.

The server needs a core of its own and costs both the same: about 45 CPU microseconds an invoice, which come on top of
theirs, that waits for each page, and run beside ours. So the figures are of a machine with two idle cores. On one that
is shared, the second pair of figures tells more: CPU seconds of the reading process alone.

The last line is `ratio N`, rows a second, ours over theirs. Before it a million invoices show that memory stays flat.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

REPOSITORY = Path(__file__).resolve().parents[1]
OBJECTS, MANY_OBJECTS = 100_000, 1_000_000
ROUNDS = 3
KEY = "rk_live_bench"
PAGE_SIZE = 100


class Run(NamedTuple):
    """What one run came to."""

    rows: int
    seconds: float
    cpu_seconds: float
    peak_mb: float

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench_extract", description=__doc__)
    parser.add_argument("--objects", type=int, default=OBJECTS, help="invoices to compare with (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="default: %(default)s")
    parser.add_argument("--quick", action="store_true", help=f"leave out the run of {MANY_OBJECTS:,} objects")
    parser.add_argument("--one", choices=sorted(READERS), help=argparse.SUPPRESS)
    parser.add_argument("--address", help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one:
        print(json.dumps(_run(options.one, options.address, options.home)))
        return 0
    with tempfile.TemporaryDirectory(prefix="revfunnel-bench-") as folder:
        ratio = _compare(Path(folder), options.objects, options.rounds)
        if not options.quick:
            _many(Path(folder))
    print(f"ratio {ratio:.1f}")
    return 0


def _compare(folder: Path, objects: int, rounds: int) -> float:
    company = write_invoices(folder / "company", objects)
    runs: dict[str, list[Run]] = {"ours": [], "dlt": []}
    with served(company) as address:
        for number in range(1, rounds + 1):
            for reader, done in runs.items():
                done.append(_apart(reader, address, folder / f"{reader}-{number}", objects))
                print(f"{reader:<5} {_line(done[-1])}", flush=True)
    return statistics.median(ours.rate / theirs.rate for ours, theirs in zip(*runs.values(), strict=True))


def _many(folder: Path) -> None:
    company = write_invoices(folder / "many", MANY_OBJECTS)
    with served(company) as address:
        print(f"ours  {_line(_apart('ours', address, folder / 'ours-many', MANY_OBJECTS))}", flush=True)


def _line(run: Run) -> str:
    return (
        f"{run.rows:>9,} invoices in {run.seconds:6.1f} s ({run.cpu_seconds:.1f} s of CPU): {run.rate:7,.0f}/s, "
        f"peak memory {run.peak_mb:,.0f} MB"
    )


def _apart(reader: str, address: str, home: Path, expected: int) -> Run:
    """One run in a process of its own, so that its peak of memory is its own too."""
    arguments = [sys.executable, "-m", "tests.bench_extract", "--one", reader, "--address", address, "--home", home]
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("STRIPE_", "HUBSPOT_"))}
    done = subprocess.run(arguments, cwd=REPOSITORY, env=ours, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{reader} failed:\n{done.stdout}{done.stderr}")
    run = Run(*json.loads(done.stdout.splitlines()[-1]))
    if run.rows != expected:
        raise SystemExit(f"{reader} loaded {run.rows:,} invoices of {expected:,}")
    return run


def _run(reader: str, address: str, home: Path) -> Run:
    import duckdb

    home.mkdir(parents=True)
    seconds, cpu_seconds = READERS[reader](address, home)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        ((rows,),) = connection.execute("select count(distinct id) from raw_stripe.invoices").fetchall()
    return Run(rows, seconds, cpu_seconds, peak_mb)


def _clocks() -> tuple[float, float]:
    """Seconds by the clock and of this process's CPU time."""
    return time.perf_counter(), time.process_time()


def _since(started: tuple[float, float]) -> tuple[float, float]:
    wall, cpu = _clocks()
    return wall - started[0], cpu - started[1]


def _ours(address: str, home: Path) -> tuple[float, float]:
    from pydantic import SecretStr

    import orchestration.landing  # noqa: F401  (brings dlt, which the other reader has imported before its clock starts too)
    from orchestration.extraction import extract
    from orchestration.settings import Settings
    from orchestration.stripe.fetch import fetch
    from orchestration.stripe.streams import STREAMS

    key = SecretStr(KEY)
    settings = Settings(stripe_api_key=key, hubspot_access_token=key, stripe_api_base=address, home=home)
    streams = [stream for stream in STREAMS if stream.name == "invoices"]
    started = _clocks()
    extract(source="stripe", load="bench", streams=streams, fetch=fetch, settings=settings, log=lambda _: None)
    return _since(started)


def _dlt(address: str, home: Path) -> tuple[float, float]:
    os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "CRITICAL"}
    import dlt
    from dlt.sources.rest_api import rest_api_source
    from dlt.sources.rest_api.typing import RESTAPIConfig

    from orchestration.stripe.streams import STREAMS

    (stream,) = (stream for stream in STREAMS if stream.name == "invoices")
    config: RESTAPIConfig = {
        "client": {
            "base_url": f"{address}/v1/",
            "auth": {"type": "bearer", "token": KEY},
            "paginator": {
                "type": "cursor",
                "cursor_path": "data[-1].id",
                "cursor_param": "starting_after",
                "has_more_path": "has_more",
            },
        },
        "resources": [
            {
                "name": "invoices",
                "primary_key": "id",
                "write_disposition": "append",
                "endpoint": {
                    "path": "invoices",
                    "data_selector": "data",
                    "params": {"limit": PAGE_SIZE, "expand[]": list(stream.expand)},
                },
            }
        ],
    }
    started = _clocks()
    pipeline = dlt.pipeline(
        pipeline_name="bench",
        destination=dlt.destinations.duckdb(str(home / "warehouse.duckdb")),
        dataset_name="raw_stripe",
        pipelines_dir=str(home / "dlt"),
    )
    pipeline.run(rest_api_source(config, max_table_nesting=0), loader_file_format="parquet")
    return _since(started)


READERS = {"ours": _ours, "dlt": _dlt}


def write_invoices(folder: Path, count: int) -> Path:
    """A folder to serve with that many invoices: those of a generated company, again and again under other ids."""
    _python("-m", "sandbox", "generate", str(folder), "--customers", "100", "--months", "12")
    file = folder / "stripe" / "invoices.ndjson"
    originals = file.read_bytes().splitlines()
    with file.open("wb") as lines:
        for number in range(count):
            copy, original = divmod(number, len(originals))
            lines.write(_copied(originals[original], copy) + b"\n")
    return folder


def _copied(original: bytes, copy: int) -> bytes:
    """The same invoice under another id, and some seconds earlier for every copy."""
    value: dict[str, Any] = msgspec.json.decode(original)
    identifier = value["id"]
    value = msgspec.json.decode(original.replace(identifier.encode(), f"{identifier}x{copy}".encode()))
    value["created"] -= copy * 7
    return msgspec.json.encode(value)


def _python(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a sandbox that serves the folder."""
    command = [sys.executable, "-m", "sandbox", "serve", str(folder), "--port", "0"]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            found = re.search(r"http://[\d.]+:\d+", server.stdout.readline())
            assert found, "the sandbox did not start"
            yield found.group()
        finally:
            server.terminate()


if __name__ == "__main__":
    sys.exit(main())
