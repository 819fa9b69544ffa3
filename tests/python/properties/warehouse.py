"""A home in which readings are landed as a sync lands them, and the revenue marts built from them."""

import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from orchestration.dbt_manifest import DBT_EXECUTABLE, PROFILES_DIR, PROJECT_DIR, TARGET_DIR, manifest
from orchestration.landing import land
from orchestration.records import canonical, decode, to_record
from orchestration.settings import Settings
from orchestration.spool import Spool
from orchestration.stripe.streams import STREAMS
from tests.python.properties.billing import Reading

Row = tuple[Any, ...]
Tables = dict[str, "Table"]

ROOT_MODELS = (
    "mrr_monthly",
    "fct_mrr_movements",
    "fct_mrr_changes",
    "dim_customers",
    "nrr_monthly",
    "retention_cohorts",
)
BY_CUSTOMER = (
    "intermediate.int_item_spans",
    "marts.mrr_monthly",
    "marts.fct_mrr_movements",
    "marts.fct_mrr_changes",
    "marts.dim_customers",
)
TOTALS = ("marts.nrr_monthly", "marts.retention_cohorts")
_RULES = {stream.name: stream.rules for stream in STREAMS}


@dataclass(frozen=True)
class Table:
    """All rows of a table, each as a tuple in the order of `columns`."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def dicts(self) -> list[dict[str, Any]]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Told:
    """What the models are told: "now", the reporting currency, the zone whose midnights end months."""

    as_of: datetime
    currency: str
    timezone: str


class Warehouse:
    """Different warehouses one after another in one home: dbt parses the whole project anew where its paths change."""

    def __init__(self, home: Path, told: Told) -> None:
        self.settings = Settings(home=home)
        self._environment = {
            "REVFUNNEL_HOME": str(home),
            "REVFUNNEL_AS_OF": told.as_of.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "REVFUNNEL_CURRENCY": told.currency,
            "REVFUNNEL_TIMEZONE": told.timezone,
            "DBT_PROFILES_DIR": str(PROFILES_DIR),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }
        sources = manifest()["sources"].values()
        self._streams = {
            name: [source["name"] for source in sources if source["schema"] == name]
            for name in ("raw_stripe", "raw_hubspot")
        }
        (home / "target").mkdir(parents=True)
        if (parsed := TARGET_DIR / "partial_parse.msgpack").exists():
            shutil.copy(parsed, home / "target")
        self._land("hubspot", {}, told.as_of)
        self.keep("empty")

    @property
    def path(self) -> Path:
        return self.settings.warehouse_path

    def keep(self, name: str) -> None:
        """Remember what the warehouse holds now under a name."""
        shutil.copy(self.path, self.path.with_name(f"{name}.kept"))

    def restore(self, name: str) -> None:
        """Go back to what was kept."""
        shutil.copy(self.path.with_name(f"{name}.kept"), self.path)

    def sync(self, reading: Reading, at: datetime) -> None:
        """Land what a sync has read at `at`."""
        self._land("stripe", reading, at)

    def _land(self, source: str, reading: Reading, at: datetime) -> None:
        spool = Spool(self.settings.dlt_home / "spool" / source, at)
        for stream in self._streams[f"raw_{source}"]:
            opened = spool.open(stream)
            for value in reading.get(stream, ()):
                opened.add(to_record(decode(canonical(value).encode()), _RULES[stream]))
        land(spool, source=source, load="properties", settings=self.settings, rules=_RULES)
        spool.remove()

    def repeat_rows(self) -> None:
        """Store every version once more, as a landing without a merge does that loads a file twice."""
        with duckdb.connect(str(self.path)) as connection:
            for stream in self._streams["raw_stripe"]:
                connection.execute(f"insert into raw_stripe.{stream} select * from raw_stripe.{stream}")

    def shuffle_rows(self, seed: int) -> None:
        """Store the versions of all objects in another order than that in which they came."""
        with duckdb.connect(str(self.path)) as connection:
            for stream in self._streams["raw_stripe"]:
                rows = f"select * from raw_stripe.{stream} order by md5(content_hash || {seed})"
                connection.execute(f"create or replace table raw_stripe.{stream} as {rows}")

    def build(self) -> Tables:
        """Build the models and read what they came to."""
        command = [str(DBT_EXECUTABLE), "--quiet", "--no-write-json", "--log-level-file", "none", "build"]
        command += ["--exclude-resource-type", "test", "unit_test", "--threads", "2"]
        command += ["--select", *(f"+{name}" for name in ROOT_MODELS)]
        command += ["--target-path", str(self.settings.home / "target"), "--log-path", str(self.settings.home / "logs")]
        environment = {**os.environ, **self._environment}
        done = subprocess.run(command, cwd=PROJECT_DIR, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        with duckdb.connect(str(self.path), read_only=True) as connection:
            connection.execute("set timezone = 'UTC'")
            return {name: _read(connection, name) for name in (*BY_CUSTOMER, *TOTALS)}


def _read(connection: duckdb.DuckDBPyConnection, name: str) -> Table:
    found = connection.execute(f"select * from {name}")
    columns = tuple(column[0] for column in found.description or ())
    return Table(columns, tuple(tuple(map(_comparable, row)) for row in found.fetchall()))


def _comparable(value: Any) -> Any:
    """Ratios that are floats are summed in any order, so their last digits are not theirs."""
    return round(Decimal(value), 9) if isinstance(value, float) else value


def differences(
    before: Tables,
    after: Tables,
    names: Iterable[str],
    *,
    customers: frozenset[str] | None = None,
    without: str = "",
) -> list[tuple[str, str]]:
    """Rows that only one of two builds has, each with its customer.

    `customers` limits it to rows about these; `without` names a column that does not count.
    """
    found = []
    for name in names:
        sides = [_counted(tables[name], without) for tables in (before, after)]
        for told, (one, other) in {"gone": sides, "new": sides[::-1]}.items():
            found += [
                (customer, f"{name} {told}: {row}")
                for (customer, row), times in one.items()
                if other[customer, row] < times and (customers is None or customer in customers)
            ]
    return found


def _counted(table: Table, without: str) -> Counter[tuple[str, str]]:
    """How often each row is there, by customer; rows about nobody in particular are the total's."""
    rows = ({column: value for column, value in row.items() if column != without} for row in table.dicts())
    return Counter((row.get("customer_id", "total"), str(row)) for row in rows)
