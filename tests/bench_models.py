"""`make bench-models`: what the whole dbt build costs at 300,000 subscriptions, at a fifth and at four times as much.

The raw tables are copies of one generated company (1,000 customers, 36 months, without those of its customers that were
billed least, so that 300,000 subscriptions have 5,000,000 invoice lines), each under ids of its own, catalogue shared,
one copy in ten in HubSpot too. Extraction is not part of it. A build is `dbt build` with all data tests and without
unit tests, in a process of its own. The increment comes a day later, at size 1 (at the last size, if that is not among
them): 0.1 % of the subscriptions have a new quantity, with its event, a further bill and a payment; a day has passed
for all others, and the exchange rates have moved.

Growth and increment are ratios of CPU seconds (user and system), which other programs on the machine disturb less than
the clock. The last lines are those ratios and the largest peak of memory.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from tests.raw_tables import Copies, open_warehouse, write_folder

REPOSITORY = Path(__file__).resolve().parents[1]
SUBSCRIPTIONS, LINES_EACH, MONTHS, CUSTOMERS, SEED = 300_000, 5_000_000 / 300_000, 36, 1_000, 11
NOW = datetime(2026, 11, 15, 12, tzinfo=UTC)
SLOWEST = 12


class Build(NamedTuple):
    """What one `dbt build` came to."""

    seconds: float
    cpu_seconds: float
    peak_gb: float


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench_models", description=__doc__)
    parser.add_argument("--subscriptions", type=int, default=SUBSCRIPTIONS, help="size 1 (default: %(default)s)")
    parser.add_argument(
        "--sizes", type=float, nargs="+", default=[0.2, 1, 4], help="multiples of it, ascending (default: 0.2 1 4)"
    )
    parser.add_argument("--folder", type=Path, help="for the warehouses: 10 GB for size 1, 40 for 4")
    options = parser.parse_args(arguments)
    builds: dict[float, Build] = {}
    increment = None
    increment_at = 1 if 1 in options.sizes else options.sizes[-1]
    with tempfile.TemporaryDirectory(prefix="revfunnel-bench-", dir=options.folder) as name:
        company = generate(Path(name))
        for size in options.sizes:
            home = Path(name) / f"size-{size:g}"
            write(company, home, round(size * options.subscriptions))
            builds[size] = _build(home, NOW, f"size {size:g}")
            if size == increment_at:
                _change_a_thousandth(home, NOW + timedelta(days=1))
                increment = _build(home, NOW + timedelta(days=1), "increment")
            (home / "warehouse.duckdb").unlink()
    for earlier, later in zip(options.sizes, options.sizes[1:], strict=False):
        growth = builds[later].cpu_seconds / builds[earlier].cpu_seconds / (later / earlier)
        print(f"growth {earlier:g}->{later:g}: {growth:.2f}")
    if increment:
        print(f"increment: {100 * increment.cpu_seconds / builds[increment_at].cpu_seconds:.1f} % of full build")
    print(f"peak memory: {max(build.peak_gb for build in builds.values()):.1f} GB")
    return 0


def generate(folder: Path) -> Path:
    """The company that is copied, in a folder of its own."""
    company = folder / "company"
    _run(sys.executable, "-m", "sandbox", "generate", str(company), "--customers", str(CUSTOMERS),
         "--months", str(MONTHS), "--seed", str(SEED), "--as-of", NOW.isoformat())  # fmt: skip
    return company


def write(company: Path, home: Path, subscriptions: int) -> None:
    """The raw tables of so many subscriptions, in the warehouse of a home."""
    customers, each = _customers(company)
    started = time.perf_counter()
    with open_warehouse(home / "warehouse.duckdb") as warehouse:
        copies = Copies(max(round(subscriptions / each), 1), hubspot_every=10, customers=customers)
        write_folder(warehouse, company, NOW, copies)
        counts = [
            f"{warehouse.execute(f'select count(*) from raw_{stream}').fetchall()[0][0]:,} {stream.split('.')[1]}"
            for stream in ("stripe.subscriptions", "stripe.invoices", "hubspot.contacts")
        ]
    print(f"raw tables of {', '.join(counts)} in {time.perf_counter() - started:.0f} s", flush=True)


def _customers(company: Path) -> tuple[tuple[str, ...], int]:
    """The customers to take, and how many subscriptions they have: the least billed are left out."""
    subscriptions, lines = Counter[str](), Counter[str]()
    for text in (company / "stripe" / "subscriptions.ndjson").open():
        subscriptions[json.loads(text)["customer"]] += 1
    for text in (company / "stripe" / "invoices.ndjson").open():
        invoice = json.loads(text)
        lines[invoice["customer"]] += len(invoice["lines"]["data"])
    taken = sorted(subscriptions, key=lambda customer: (-lines[customer] / subscriptions[customer], customer))
    while sum(lines[one] for one in taken) < LINES_EACH * sum(subscriptions[one] for one in taken):
        taken.pop()
    return tuple(taken), sum(subscriptions[one] for one in taken)


def _change_a_thousandth(home: Path, at: datetime) -> None:
    """New versions and objects extracted at `at`, for one subscription in a thousand."""
    with open_warehouse(home / "warehouse.duckdb") as warehouse:
        warehouse.execute(
            "create temp table changed as "
            "select id, regexp_replace(payload, '\"quantity\":([0-9])', '\"quantity\":1\\1') as payload "
            "from raw_stripe.subscriptions where hash(id) % 1000 = 0"
        )
        stamp, epoch = at.isoformat(), int(at.timestamp()) - 60
        rest = f"to_timestamp({epoch}), null, payload, md5(payload), timestamptz '{stamp}', false"
        warehouse.execute(f"insert into raw_stripe.subscriptions select id, {rest} from changed")
        warehouse.execute(
            f"insert into raw_stripe.events select id, {rest} from ("
            'select \'evt_\' || id as id, \'{"id":"evt_\' || id || \'","type":"customer.subscription.updated",'
            f'"created":{epoch},"data":{{"previous_attributes":{{}},"object":\' || payload || \'}}}}\' as payload '
            "from changed)"
        )
        for stream in ("invoices", "balance_transactions"):
            warehouse.execute(
                f"insert into raw_stripe.{stream} select id, {rest} from ("
                "select max(id) || 'n' as id, arg_max(replace(payload, id, id || 'n'), id) as payload "
                f"from raw_stripe.{stream} "
                "where regexp_extract(id, '^[a-z]+_(.*)_[0-9]+$', 1) in (select substr(id, 5) from changed) "
                "group by regexp_extract(id, '^[a-z]+_(.*)_[0-9]+$', 1))"
            )
        count = warehouse.execute("select count(*) from changed").fetchall()[0][0]
    print(f"{count:,} subscriptions changed", flush=True)


def _build(home: Path, as_of: datetime, label: str) -> Build:
    started = time.perf_counter()
    log = (home / "build.log").open("wb")
    process = subprocess.Popen(
        [
            str(Path(sys.executable).parent / "dbt"), "build", "--exclude-resource-type", "unit_test",
            "--target-path", str(home / "target"), "--log-path", str(home / "logs"),
        ],
        cwd=REPOSITORY,
        env={
            **os.environ,
            "DBT_PROFILES_DIR": str(REPOSITORY / "dbt_project"),
            "REVFUNNEL_HOME": str(home),
            "REVFUNNEL_AS_OF": as_of.strftime("%Y-%m-%dT%H:%M:%SZ"),
        },
        stdout=log,
        stderr=log,
    )  # fmt: skip
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit((home / "build.log").read_text()[-4_000:])
    build = Build(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024**2)
    print(
        f"{label:<10} {build.seconds:6.0f} s of the clock, {build.cpu_seconds:6.0f} s of CPU, "
        f"peak memory {build.peak_gb:.1f} GB",
        flush=True,
    )
    results = json.loads((home / "target" / "run_results.json").read_bytes())["results"]
    slowest = sorted(results, key=lambda result: -result["execution_time"])[:SLOWEST]
    print("           " + ", ".join(f"{one['unique_id'].split('.')[2]} {one['execution_time']:.1f}" for one in slowest))
    return build


def _run(*arguments: str) -> None:
    done = subprocess.run(arguments, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    sys.exit(main())
