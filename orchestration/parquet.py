"""The marts as Parquet files beside published.duckdb, for tools that do not read DuckDB's own format.

`REVFUNNEL_HOME/parquet` is a link to the folder of the last publish. A new folder is written whole before the link is
turned to it in one step, and the one before stays until the next time, for readers that are in the middle of it.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from orchestration.settings import UserError


def write_parquet(published: Path, link: Path, tables: Sequence[str], at: datetime) -> None:
    """Write every table as `<table>.parquet` and turn `link` to the folder.

    Args:
        published: the DuckDB file that was just published.
        link: what readers name; it must not be a real folder.
        tables: names in schema marts.
        at: names the new folder.

    Raises:
        UserError: `link` is a folder of its own.
    """
    import duckdb

    if link.exists() and not link.is_symlink():
        raise UserError(f"{link} is in the way: it would become a link to the newest Parquet files; move it elsewhere")
    before = link.readlink().name if link.is_symlink() else None
    folder = link.with_name(f"{link.name}-{at:%Y%m%dT%H%M%S%f}")
    folder.mkdir()
    with duckdb.connect(str(published), read_only=True) as connection:
        for table in tables:
            path = str(folder / f"{table}.parquet").replace("'", "''")
            connection.execute(f"copy marts.\"{table}\" to '{path}' (format parquet, compression zstd)")
    aside = link.with_name(f".{link.name}.tmp")
    aside.unlink(missing_ok=True)
    aside.symlink_to(folder.name)
    aside.replace(link)
    for old in link.parent.glob(f"{link.name}-*"):
        if old.is_dir() and old.name not in (folder.name, before):
            shutil.rmtree(old, ignore_errors=True)
