"""Pages of objects -> versioned raw tables.

One load takes what a spool holds and merges it into `raw_<source>.<stream>` with dlt's `scd2`: `content_hash` is the
row version and `id` the merge key, so a changed object closes its open version and adds one, an unchanged object costs
next to nothing (it is left out before dlt sees it), and an object that is missing from the load is left as it is: a
list that was cut short must never read as a deletion. What is deleted says so itself (`deleted`), as a version of its
own.

A table without rows has nothing to merge with: dlt makes it, from a load without rows, and first_versions.py fills it.
Where raw data lands in a lake instead, lake/landing.py writes it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dlt

from orchestration.cursors import tables_of, write_cursors
from orchestration.erasure.incoming import erased_keys, without_erased
from orchestration.first_versions import DUCKDB, attached, fill, is_empty
from orchestration.full_disk import causes, full_disk_explained
from orchestration.memory import give_back
from orchestration.records import RecordRules
from orchestration.settings import Settings, UserError
from orchestration.spool import REJECTED, Spool, StreamSpool
from orchestration.spool_parts import RECORD_SCHEMA

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa
    from dlt.common.destination import Destination
    from dlt.extract import DltResource

# dlt reads these when its first pipeline is made. Its log would repeat at every load that Arrow's column hints differ
# from ours (they are meant to); failures reach us as exceptions anyway.
# Nor may it take the signals that end a run for itself.
_RUNTIME = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "CRITICAL",
    "RUNTIME__INTERCEPT_SIGNALS": "false",
}

_LOAD = {
    # Keep no second copy of what was loaded: neither the files of finished loads nor the staging tables.
    "load.delete_completed_jobs": True,
    "load.truncate_staging_dataset": True,
    # A failure here is a full disk or a locked file; repeating the same job at once would not help.
    "load.raise_on_max_retries": 1,
    "load.workers": 2,
}

_NO_RULES = RecordRules()


@dataclass(frozen=True, slots=True)
class Landed:
    """What one stream's load came to."""

    fetched: int
    new_versions: int
    duplicates: int
    rejected: int
    vanished: int = 0
    skipped: str = ""  # why it was not read, if it was not
    notes: tuple[str, ...] = ()

    def followed_by(self, later: Landed) -> Landed:
        """What this load and a later one of the same run came to together."""
        return Landed(
            fetched=self.fetched + later.fetched,
            new_versions=self.new_versions + later.new_versions,
            duplicates=self.duplicates + later.duplicates,
            rejected=self.rejected + later.rejected,
            vanished=self.vanished + later.vanished,
            skipped=later.skipped,
            notes=tuple(dict.fromkeys((*self.notes, *later.notes))),
        )


def land(
    spool: Spool,
    *,
    source: str,
    load: str,
    settings: Settings,
    rules: Mapping[str, RecordRules] | None = None,
) -> dict[str, Landed]:
    """Merge a spool into the schema `raw_<source>` (or a lake) and close it; returns the counts of each stream.

    `load` names the group of streams that is loaded as one. Every stream's table exists afterwards, empty or not, and
    so does `rejected`. The spool's cursors are written after the data, so that they are never ahead of it. `rules` are
    those of the streams, for the objects of people whose data has been erased. Raises UserError if the warehouse cannot
    be written, for example because it is open elsewhere.
    """
    os.environ.update(_RUNTIME)
    give_back()
    known = rules or {}
    with explained(settings), dlt.config.values(_LOAD):
        if settings.lake:
            from orchestration.lake.landing import land_in_lake

            versions = land_in_lake(spool, source=source, load=load, lake=settings.lake, settings=settings, rules=known)
        else:
            versions = _land_in_warehouse(spool, source=source, load=load, settings=settings, rules=known)
    return {
        name: Landed(
            fetched=stream.fetched,
            new_versions=versions.get(name, 0),
            duplicates=stream.duplicates,
            rejected=stream.rejected,
            vanished=stream.vanished,
            skipped=stream.skipped,
            notes=tuple(stream.notes),
        )
        for name, stream in spool.streams.items()
    }


def _land_in_warehouse(
    spool: Spool, *, source: str, load: str, settings: Settings, rules: Mapping[str, RecordRules]
) -> dict[str, int]:
    """Merge a spool into tables; returns how many versions each stream that was loaded got."""
    with open_warehouse(settings) as connection:
        pipeline = pipeline_into(dlt.destinations.duckdb(connection), source, load, settings)
        loaded, empty = _merge(spool, pipeline, connection, source, rules)
    with attached(settings) as connection:
        connection.begin()
        for name in empty:
            fill(connection, f"raw_{source}.{name}", loaded[name], spool.extracted_at)
        write_cursors(connection, source, spool.cursors, spool.extracted_at)
        connection.commit()
        return {name: new_versions(connection, f"raw_{source}.{name}", spool) for name in loaded}


def _merge(
    spool: Spool,
    pipeline: dlt.Pipeline,
    connection: duckdb.DuckDBPyConnection,
    source: str,
    rules: Mapping[str, RecordRules],
) -> tuple[dict[str, StreamSpool], set[str]]:
    """Close the spool, make its tables and merge what there is to merge with.

    Returns the streams to load, and which of them have tables without rows that are still to be filled.
    """
    tables = tables_of(connection, source)
    erased = erased_keys(connection, source)
    bury_vanished(connection, source, spool, tables)
    spool.close()
    # A stream without rows needs a load only to get its table: a run in which nothing has changed is nearly free.
    loaded = {name: stream for name, stream in spool.streams.items() if stream.files() or name not in tables}
    # What comes of erased people is blanked on its way through Arrow, so it takes the longer way.
    empty = {name for name in loaded if not erased and (name not in tables or is_empty(connection, source, name))}
    # dlt writes every row to a file and to a staging table before it finds out that most of them are there already.
    changed = [
        name
        for name, stream in loaded.items()
        if name not in empty and (name not in tables or stream.leave_out_unchanged(f"raw_{source}.{name}", connection))
    ]
    resources = [
        versioned(name, without_erased(loaded[name].batches(), source, name, rules.get(name, _NO_RULES), erased))
        for name in changed
    ]
    resources += [versioned(name, iter([RECORD_SCHEMA.empty_table()])) for name in loaded if name in empty - tables]
    rejected = spool.rejected()
    if rejected.num_rows or REJECTED not in tables:
        resources.append(versioned(REJECTED, iter([rejected])))
    if resources:
        pipeline.run(resources)
    return loaded, empty


@contextmanager
def open_warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """One connection for all that dlt does: its own would be closed, and the file written, after every step."""
    import duckdb

    connection = duckdb.connect(str(settings.warehouse_path), config=DUCKDB)
    try:
        yield connection
    finally:
        connection.close()


def pipeline_into(destination: Destination[Any, Any], source: str, load: str, settings: Settings) -> dlt.Pipeline:
    """A pipeline with an empty working folder: schema and state come from the destination.

    Whatever an interrupted run left in that folder is fetched anew by this one, so nothing in it is worth resuming.
    """
    name = f"revfunnel_{source}_{load}"
    shutil.rmtree(settings.dlt_home / name, ignore_errors=True)
    return dlt.pipeline(
        pipeline_name=name,
        destination=destination,
        dataset_name=f"raw_{source}",
        pipelines_dir=str(settings.dlt_home),
    )


def versioned(name: str, batches: Iterator[pa.Table]) -> DltResource:
    """A table that keeps every version of its rows."""
    return dlt.resource(
        batches,
        name=name,
        merge_key="id",
        write_disposition={
            "disposition": "merge",
            "strategy": "scd2",
            "row_version_column_name": "content_hash",
        },
    )


def bury_vanished(connection: duckdb.DuckDBPyConnection, source: str, spool: Spool, tables: set[str]) -> None:
    """Give the streams that were read as a whole the chance to say what is gone.

    The tables themselves are asked, not dlt: it knows nothing of them where the load that made them was killed.
    """
    for name, stream in spool.streams.items():
        if stream.tombstones and name in tables:
            query = f"select id from raw_{source}.{name} where _dlt_valid_to is null and not deleted"
            stream.bury(identifier for (identifier,) in connection.execute(query).fetchall())


def new_versions(connection: duckdb.DuckDBPyConnection, table: str, spool: Spool) -> int:
    """How many versions this load added: those that carry its time of extraction."""
    query = f"select count(*) from {table} where extracted_at = ?"
    ((count,),) = connection.execute(query, [spool.extracted_at]).fetchall()
    return count


@contextmanager
def explained(settings: Settings) -> Iterator[None]:
    """Turn the failures that a user can do something about into one line; others pass as they are."""
    try:
        with full_disk_explained(settings.home):
            yield
    except UserError:
        raise
    except Exception as error:
        text = " ".join(str(link) for link in causes(error))
        if "Could not set lock" in text or "Conflicting lock" in text or "different configuration" in text:
            raise UserError(
                f"{settings.warehouse_path} is open in another program; close it there (BI tools should open "
                f"{settings.published_path.name}) and run again"
            ) from None
        if "Permission denied" in text or "read-only" in text.lower():
            places = " or ".join(filter(None, (str(settings.warehouse_path), settings.lake)))
            raise UserError(f"cannot write to {places}; check the permissions there") from None
        raise
