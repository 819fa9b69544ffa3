"""Three asset checks a raw stream, beside the fixed ranges of the benchmarks: volume, freshness, rejected objects.

None blocks: an unusual day is for people to look at. A stream without enough history says that it is not computable.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg

from orchestration.checks import arrivals, rejected, volume
from orchestration.checks.policies import policy
from orchestration.checks.reads import Read, read_reads
from orchestration.checks.warehouse import reading
from orchestration.settings import load_settings

if TYPE_CHECKING:
    import duckdb

_QUESTIONS = {
    volume.NAME: "Did the newest day bring as much as days of this stream usually do?",
    arrivals.NAME: "Was the stream read lately, and are its newest objects as new as they usually are?",
    rejected.NAME: "Could every object be stored since the run before?",
}


def raw_checks(source: str, assets: Sequence[dg.AssetsDefinition]) -> dg.AssetChecksDefinition:
    """The checks of a source's streams."""
    keys = [key for each in assets for key in each.keys]
    specs = [
        dg.AssetCheckSpec(name, asset=key, description=question)
        for key in keys
        for name, question in _QUESTIONS.items()
    ]

    @dg.multi_asset_check(name=f"raw_{source}_checks", specs=specs, can_subset=True, pool="warehouse")
    def checks(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        """Read what is known of each stream once, report each selected check."""
        from orchestration.lake.place import let_read

        settings, now, mads = load_settings(), datetime.now(UTC), float(policy("anomaly_mads"))
        selected: dict[dg.AssetKey, set[str]] = {}
        for check in context.selected_asset_check_keys:
            selected.setdefault(check.asset_key, set()).add(check.name)
        with reading() as connection:
            let_read(connection, settings)
            tables = _tables(connection, source)
            for key, names in sorted(selected.items()):
                reads, stream = read_reads(context.instance, key), key.path[-1]
                if volume.NAME in names:
                    yield volume.report(key, reads, mads)
                if arrivals.NAME in names:
                    found = arrivals.Arrivals([], now.date())
                    if stream in tables:
                        table = f'raw_{source}."{stream}"'
                        found = arrivals.read_arrivals(connection, table, settings.as_of or now, now)
                    yield arrivals.report(key, reads, found, now=now, mads=mads)
                if rejected.NAME in names:
                    known = "rejected" in tables
                    since = _read_before(reads)
                    reasons = rejected.read_reasons(connection, source, stream, since) if known else []
                    yield rejected.report(key, reads, reasons)

    return checks


def _tables(connection: "duckdb.DuckDBPyConnection", source: str) -> set[str]:
    rows = connection.execute(
        "select table_name from information_schema.tables where table_schema = ?", [f"raw_{source}"]
    ).fetchall()
    return {name for (name,) in rows}


def _read_before(reads: Sequence[Read]) -> datetime | None:
    """When the read before the newest one was recorded."""
    return reads[-2].at if len(reads) > 1 else None
