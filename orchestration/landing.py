"""Pages of objects -> versioned raw tables.

One load takes what a spool holds and merges it into `raw_<source>.<stream>` with dlt's `scd2`: `content_hash` is the
row version and `id` the merge key, so a changed object closes its open version and adds one, an unchanged object costs
nothing, and an object that is missing from the load is left as it is: a list that was cut short must never read as a
deletion. What is deleted says so itself (`deleted`), as a version of its own.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import dlt

from orchestration.settings import Settings, UserError
from orchestration.spool import REJECTED, Spool

if TYPE_CHECKING:
    import pyarrow as pa
    from dlt.extract import DltResource

# dlt reads these when its first pipeline is made. Its log would repeat at every load that Arrow's column hints differ
# from ours (they are meant to); failures reach us as exceptions anyway.
_RUNTIME = {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "CRITICAL"}

_LOAD = {
    # Keep no second copy of what was loaded: neither the files of finished loads nor the staging tables.
    "load.delete_completed_jobs": True,
    "load.truncate_staging_dataset": True,
    # A failure here is a full disk or a locked file; repeating the same job at once would not help.
    "load.raise_on_max_retries": 1,
    "load.workers": 2,
}


@dataclass(frozen=True, slots=True)
class Landed:
    """What one stream's load came to."""

    fetched: int
    new_versions: int
    duplicates: int
    rejected: int
    vanished: int = 0


def land(spool: Spool, *, source: str, load: str, settings: Settings) -> dict[str, Landed]:
    """Merge a spool into the schema `raw_<source>` and close it; returns the counts of each stream.

    `load` names the group of streams that is loaded as one. Every stream's table exists afterwards, empty or not, and
    so does `rejected`. Raises UserError if the warehouse cannot be written, for example because it is open elsewhere.
    """
    os.environ.update(_RUNTIME)
    with _explained(settings), dlt.config.values(_LOAD):
        pipeline = _pipeline(source, load, settings)
        _bury_vanished(pipeline, spool)
        spool.close()
        resources = [_resource(stream.name, stream.batches()) for stream in spool.streams.values()]
        pipeline.run([*resources, _resource(REJECTED, iter([spool.rejected()]))])
        versions = _new_versions(pipeline, spool)
    return {
        name: Landed(stream.fetched, versions[name], stream.duplicates, stream.rejected, stream.vanished)
        for name, stream in spool.streams.items()
    }


def _pipeline(source: str, load: str, settings: Settings) -> dlt.Pipeline:
    """A pipeline with an empty working folder: schema and state come from the warehouse.

    Whatever an interrupted run left in that folder is fetched anew by this one, so nothing in it is worth resuming.
    """
    name = f"revfunnel_{source}_{load}"
    shutil.rmtree(settings.dlt_home / name, ignore_errors=True)
    return dlt.pipeline(
        pipeline_name=name,
        destination=dlt.destinations.duckdb(str(settings.warehouse_path)),
        dataset_name=f"raw_{source}",
        pipelines_dir=str(settings.dlt_home),
    )


def _resource(name: str, batches: Iterator[pa.Table]) -> DltResource:
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


def _bury_vanished(pipeline: dlt.Pipeline, spool: Spool) -> None:
    """Give the streams that were read as a whole the chance to say what is gone."""
    complete = [stream for stream in spool.streams.values() if stream.tombstones]
    if not complete:
        return
    pipeline.sync_destination()
    known = pipeline.default_schema.tables if pipeline.default_schema_name else {}
    for stream in complete:
        if stream.name in known:
            with pipeline.sql_client() as client:
                table = client.make_qualified_table_name(stream.name)
                query = f"select id from {table} where _dlt_valid_to is null and not deleted"
                stream.bury(row[0] for row in client.execute_sql(query) or ())


def _new_versions(pipeline: dlt.Pipeline, spool: Spool) -> dict[str, int]:
    """How many versions this load added to each stream: those that carry its time of extraction."""
    with pipeline.sql_client() as client:
        counts = {}
        for name in spool.streams:
            table = client.make_qualified_table_name(name)
            rows = client.execute_sql(f"select count(*) from {table} where extracted_at = %s", spool.extracted_at)
            counts[name] = int(rows[0][0]) if rows else 0
    return counts


@contextmanager
def _explained(settings: Settings) -> Iterator[None]:
    """Turn the failures that a user can do something about into one line; others pass as they are."""
    try:
        yield
    except Exception as error:
        text = " ".join(str(link) for link in _causes(error))
        if "Could not set lock" in text or "Conflicting lock" in text or "different configuration" in text:
            raise UserError(
                f"{settings.warehouse_path} is open in another program; close it there (BI tools should open "
                f"{settings.published_path.name}) and run again"
            ) from None
        if "No space left" in text:
            raise UserError(f"the disk of {settings.home} is full; free some space and run again") from None
        if "Permission denied" in text or "read-only" in text.lower():
            raise UserError(f"cannot write to {settings.warehouse_path}; check the permissions of the file") from None
        raise


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
