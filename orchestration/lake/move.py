"""`make lake`: move the raw data of a warehouse into the lake of REVFUNNEL_DESTINATION, every version of it.

What the vendors have overwritten since cannot be read again, so whoever outgrows the warehouse takes its history along.
Cursors stay, and the next run goes on where the last one ended. A move that was killed is done again from the start.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from orchestration.settings import Settings, UserError, load_settings

if TYPE_CHECKING:
    import duckdb

SOURCES = ("stripe", "hubspot")

_FILE = "moved.parquet"
_COPY = """
    copy (select {columns} from raw_{source}.{stream})
    to '{file}' (format parquet, compression {compression}, row_group_size 20480)
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 when everything is moved, 1 after one line on stderr that says why not."""
    argparse.ArgumentParser(prog="python -m orchestration.lake.move", description=__doc__).parse_args(arguments)
    try:
        settings = load_settings()
        moved = move(settings)
    except UserError as error:
        print(f"revfunnel: {error}", file=sys.stderr)
        return 1
    print(f"{sum(moved.values()):,} versions of {len(moved)} streams are in {settings.lake}; go on with `make run`.")
    return 0


def move(settings: Settings) -> dict[str, int]:
    """Move all raw tables of streams; returns how many versions each had. Raises UserError if it cannot be done."""
    from orchestration.driver.preflight import check_lake
    from orchestration.erasure.stored import write_anew
    from orchestration.lake.place import check_destination, let_read
    from orchestration.landing import explained, open_warehouse
    from orchestration.origin import of_home, of_lake, write_lake

    if settings.lake is None:
        raise UserError("REVFUNNEL_DESTINATION says duckdb; set it to the folder or URL that raw data shall move to")
    if not settings.warehouse_path.exists():
        raise UserError(f"there is no warehouse at {settings.warehouse_path}; check REVFUNNEL_HOME")
    check_destination(settings)
    if record := of_home(settings):
        check_lake(settings, record.origin)
        if of_lake(settings) is None:
            write_lake(settings.lake, record)
    moved: dict[str, int] = {}
    with explained(settings), open_warehouse(settings) as connection:
        let_read(connection, settings)
        for source in SOURCES:
            moved |= _move_source(connection, settings.lake, source, settings.home)
        # The file keeps the room of dropped tables.
        write_anew(connection, settings.warehouse_path)
    return moved


def _move_source(connection: duckdb.DuckDBPyConnection, lake: str, source: str, scratch: Path) -> dict[str, int]:
    """Write the files first; views then take the tables' place at one go."""
    from orchestration.lake.place import COMPRESSION, filesystem
    from orchestration.lake.views import landed, show
    from orchestration.spool_parts import RECORD_SCHEMA

    files, moved = filesystem(lake), {}
    tables = [name for name, view in landed(connection, source) if view is None]
    with TemporaryDirectory(prefix="moving-", dir=scratch) as folder:
        for stream in tables:
            file, place = Path(folder, _FILE), f"{lake}/raw_{source}/{stream}"
            if files.glob(f"{place}/*.parquet") not in ([], files.glob(f"{place}/{_FILE}")):
                raise UserError(f"{place} holds other files; set REVFUNNEL_DESTINATION to an empty folder")
            copy = _COPY.format(
                columns=", ".join(RECORD_SCHEMA.names),
                source=source,
                stream=stream,
                file=str(file).replace("'", "''"),
                compression=COMPRESSION,
            )
            ((moved[f"{source}.{stream}"],),) = connection.execute(copy).fetchall()
            files.makedirs(place, exist_ok=True)
            files.put_file(str(file), f"{place}/{_FILE}")
    connection.begin()
    for stream in tables:
        connection.execute(f"drop table raw_{source}.{stream}")
    if tables:
        show(connection, lake, source, tables)
    connection.commit()
    return moved


if __name__ == "__main__":
    sys.exit(main())
