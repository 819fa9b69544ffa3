"""How the checks read the warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from orchestration.interrupts import interruptible
from orchestration.settings import load_settings

if TYPE_CHECKING:
    import duckdb


@contextmanager
def reading() -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, open for reading."""
    import duckdb

    with interruptible(), duckdb.connect(str(load_settings().warehouse_path), read_only=True) as connection:
        yield connection
