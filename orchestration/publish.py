"""Publishing: an audited copy of the marts that BI can read while the warehouse is being written.

DuckDB lets one process write and a single open reader block it, so nobody reads warehouse.duckdb. The copy is written
beside its target, counted, flushed to disk and moved into place in one step: an open reader keeps the file it opened,
a new connection sees the new one, and a failed audit leaves the last good file where it was.
"""

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from orchestration import freshness
from orchestration.full_disk import full_disk_explained
from orchestration.interrupts import insistent
from orchestration.parquet import write_parquet
from orchestration.published_addresses import all_columns_masking, count_addresses, refuse_addresses
from orchestration.published_tables import MARTS_SCHEMA, SideTable, check_states, data_dictionary, marked_columns
from orchestration.settings import UserError, load_settings

if TYPE_CHECKING:
    import duckdb

# DuckDB 1.4, 1.5 and 2.0 all read this format; what 2.0 writes by default, the older ones do not.
STORAGE_VERSION = "v1.4.0"


@dataclass(frozen=True)
class Copied:
    """Rows by table as they stand in the published file, and by `table.column` how many texts held an address."""

    rows: dict[str, int]
    masked: dict[str, int]


def published_asset(models: dg.AssetsDefinition, checks: Sequence[dg.AssetChecksDefinition]) -> dg.AssetsDefinition:
    """The asset `published`, downstream of every mart among `models` and of their blocking checks.

    `checks` are those whose states are published beside the ones of the models.
    """
    marts = sorted(key for key in models.keys if key.path[0] == MARTS_SCHEMA)
    blocking = [spec.key for spec in models.check_specs if spec.blocking]
    told = [spec.key for each in (models, *checks) for spec in each.check_specs]

    @dg.asset(
        key="published",
        deps=marts,
        group_name="serving",
        owners=["team:data"],
        kinds={"duckdb"},
        description=(
            "published.duckdb: every mart as a table, plus `meta`, `check_states` and `data_dictionary`, written "
            "aside, audited and swapped in at once. Point BI here, read-only; never at warehouse.duckdb."
        ),
        # After the other steps that are ready: what the checks of this run say is published with it.
        op_tags={"dagster/priority": "-1"},
        freshness_policy=freshness.DAILY,
        pool="warehouse",
    )
    def published(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        settings = load_settings()
        now = datetime.now(UTC)
        try:
            with insistent(), full_disk_explained(settings.home):
                refuse_behind_failed_checks(context.instance, blocking)
                copied = publish(
                    settings.warehouse_path,
                    settings.published_path,
                    [key.path[-1] for key in marts],
                    meta={
                        "published_at": now,
                        "as_of": settings.as_of or now,
                        "reporting_currency": settings.currency,
                        "reporting_timezone": settings.timezone,
                        "run_id": context.run.run_id,
                    },
                    sides=[data_dictionary(), check_states(context.instance, told)],
                    personal=marked_columns("personal_data"),
                    free_text=marked_columns("free_text"),
                )
                if settings.publish_parquet:
                    write_parquet(settings.published_path, settings.parquet_path, sorted(copied.rows), now)
        except UserError as error:
            raise dg.Failure(str(error)) from None
        return dg.MaterializeResult(
            metadata={
                "path": dg.MetadataValue.path(str(settings.published_path)),
                "dagster/row_count": sum(copied.rows.values()),
                "rows": dg.MetadataValue.json(copied.rows),
                "texts_with_masked_addresses": dg.MetadataValue.json(copied.masked),
                "megabytes": round(settings.published_path.stat().st_size / 1e6, 1),
            }
        )

    return published


def publish(
    warehouse: Path,
    target: Path,
    tables: Sequence[str],
    meta: Mapping[str, str | datetime],
    *,
    sides: Sequence[SideTable] = (),
    personal: Collection[tuple[str, str]] = (),
    free_text: Collection[tuple[str, str]] = (),
) -> Copied:
    """Write `tables` of schema marts from `warehouse` to `target`, all or nothing.

    Args:
        warehouse: the DuckDB file that dbt writes; opened read-only.
        target: the file to replace; its folder must exist.
        tables: names in schema marts.
        meta: column -> value of the one row of `marts.meta`.
        sides: further tables.
        personal: (table, column) that may hold personal data.
        free_text: (table, column) of what people have typed: e-mail addresses in it are masked.

    Raises:
        UserError: a table is missing, its rows do not all arrive, or a column that is not among `personal` holds e-mail
            addresses unmasked. `target` is then as it was.
    """
    aside = target.with_name(f".{target.stem}.tmp")
    _remove(aside)
    try:
        copied = _write(warehouse, aside, tables, meta, free_text)
        copied.rows.update(_add(aside, sides))
        written = _count(aside, list(copied.rows))
        wrong = [name for name in copied.rows if written.get(name) != copied.rows[name]]
        if wrong:
            told = ", ".join(f"{name} {written.get(name)} of {copied.rows[name]}" for name in wrong)
            raise UserError(f"Not published: rows are missing from the copy ({told}). The last good file stays.")
        refuse_addresses(aside, MARTS_SCHEMA, personal)
        _flush(aside)
        # Left by a writer that died: DuckDB 1.5 would silently replay it onto the new file.
        target.with_name(target.name + ".wal").unlink(missing_ok=True)
        aside.replace(target)
        _flush(target.parent)
    finally:
        _remove(aside)
    return copied


def refuse_behind_failed_checks(instance: dg.DagsterInstance, blocking: Sequence[dg.AssetCheckKey]) -> None:
    """Stop when the latest evaluation of a blocking check is a failure of severity error.

    The order of steps within one run already keeps a publish behind a failed check; this also holds when somebody
    materialises `published` alone afterwards.

    Raises:
        UserError: naming the checks.
    """
    failed = []
    for key in blocking:
        record = instance.get_latest_asset_check_evaluation_record(key)
        evaluation = record.evaluation if record else None
        if not isinstance(evaluation, dg.AssetCheckEvaluation):
            continue  # planned and not evaluated: that has a record too, of another kind
        if not evaluation.passed and evaluation.severity == dg.AssetCheckSeverity.ERROR:
            failed.append(f"{key.name} on {key.asset_key.path[-1]}")
    if failed:
        raise UserError(
            f"Not published: {len(failed)} blocking check(s) failed ({', '.join(sorted(failed))}). "
            "The last good published.duckdb stays; repair the cause and materialise again."
        )


def _write(
    warehouse: Path,
    aside: Path,
    tables: Sequence[str],
    meta: Mapping[str, str | datetime],
    free_text: Collection[tuple[str, str]],
) -> Copied:
    """Copy the tables and count the rows as they stand in the warehouse. Addresses are masked on the way."""
    import duckdb

    copied = Copied({}, {})
    with duckdb.connect() as connection:
        connection.execute(f"attach {_quoted(warehouse)} as warehouse (read_only)")
        connection.execute(f"attach {_quoted(aside)} as aside (storage_version '{STORAGE_VERSION}')")
        connection.execute(f"create schema aside.{MARTS_SCHEMA}")
        for name in tables:
            source = f'warehouse.{MARTS_SCHEMA}."{name}"'
            try:
                copied.rows[name] = _number(connection, f"select count(*) from {source}")
            except duckdb.CatalogException as error:
                raise UserError(f"Not published: {MARTS_SCHEMA}.{name} is not in the warehouse.") from error
            typed = sorted(column for table, column in free_text if table == name)
            found = count_addresses(connection, source, typed)
            copied.masked.update({f"{name}.{column}": number for column, number in found.items()})
            query = f"select {all_columns_masking(found)} from {source}"
            connection.execute(f'create table aside.{MARTS_SCHEMA}."{name}" as {query}')
        columns = ", ".join(f'? as "{name}"' for name in meta)
        connection.execute(f"create table aside.{MARTS_SCHEMA}.meta as select {columns}", list(meta.values()))
        connection.execute("checkpoint aside")
    return copied


def _add(aside: Path, sides: Sequence[SideTable]) -> dict[str, int]:
    import duckdb

    with duckdb.connect(str(aside)) as connection:
        for side in sides:
            columns = ", ".join(f'"{name}" {kind}' for name, kind in side.columns.items())
            connection.execute(f"create table {MARTS_SCHEMA}.{side.name} ({columns})")
            if side.rows:
                marks = ", ".join("?" for _ in side.columns)
                connection.executemany(f"insert into {MARTS_SCHEMA}.{side.name} values ({marks})", side.rows)
    return {side.name: len(side.rows) for side in sides}


def _count(path: Path, tables: Sequence[str]) -> dict[str, int]:
    """Rows per table, read by a connection of its own: what a reader will see, not what the writer believes."""
    import duckdb

    with duckdb.connect(str(path), read_only=True) as connection:
        return {name: _number(connection, f'select count(*) from {MARTS_SCHEMA}."{name}"') for name in tables}


def _number(connection: "duckdb.DuckDBPyConnection", query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def _flush(path: Path) -> None:
    """fsync a file or a folder, so that the swap survives a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    for leftover in (path, path.with_name(path.name + ".wal")):
        leftover.unlink(missing_ok=True)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
