"""Where a lake lies, and how its files are reached: a local folder, or an object store by way of fsspec.

`<lake>/raw_<source>/<stream>/*.parquet` holds the versions of a stream, in the columns of `RECORD_SCHEMA`. An object
store takes its credentials from its own environment variables (AWS_ACCESS_KEY_ID and so on), never from ours.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from fsspec.implementations.local import LocalFileSystem

from orchestration.settings import Settings, UserError

if TYPE_CHECKING:
    import duckdb
    from fsspec import AbstractFileSystem

PACKAGES = {"s3": "s3fs", "gs": "gcsfs", "az": "adlfs"}

# Of the files. Objects are JSON text, which this packs better than dlt's default (snappy). DuckDB and Spark read both.
COMPRESSION = "zstd"

_UNFINISHED = ".unfinished"


class Folder(LocalFileSystem):
    """The local disk, on which a file appears whole or not at all, as in an object store: readers know no half file."""

    def put_file(self, path1: Any, path2: Any, callback: Any = None, **kwargs: Any) -> None:  # noqa: ARG002
        """Copy a file into its place."""
        with self._whole(path2) as copy, Path(path1).open("rb") as source:
            shutil.copyfileobj(source, copy)

    def write_text(self, path: Any, value: str, *_: Any, **named: Any) -> int:
        """Write a text; dlt could not go on after half of its state."""
        with self._whole(path) as file:
            return file.write(value.encode(named.get("encoding") or "utf-8"))

    def makedirs(self, path: Any, exist_ok: bool = True) -> None:  # noqa: ARG002
        """Make a folder. dlt takes one that exists for an error, and makes it before it marks it as its own."""
        super().makedirs(path, exist_ok=True)

    @contextmanager
    def _whole(self, path: Any) -> Iterator[BinaryIO]:
        """A file that takes its place once it is written. What is left of a killed one has a name that nobody reads."""
        target = Path(str(self._strip_protocol(path)))
        # Hidden, because Spark reads whatever is not.
        unfinished = target.with_name(f".{target.name}{_UNFINISHED}")
        with unfinished.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)


def filesystem(lake: str) -> AbstractFileSystem:
    """What reads and writes the files of a lake. Raises UserError if a package for that store is missing."""
    import fsspec

    scheme, is_url, _ = lake.partition("://")
    if not is_url:
        return Folder()
    try:
        # Listings must show what another client has just written.
        return fsspec.filesystem(scheme, use_listings_cache=False)
    except ImportError:
        raise UserError(
            f"REVFUNNEL_DESTINATION: {scheme}:// needs the package {PACKAGES[scheme]} (optional dependencies `lake` in "
            f"pyproject.toml); install it with: .venv/bin/python -m pip install {PACKAGES[scheme]}"
        ) from None


def check_destination(settings: Settings) -> None:
    """The lake, if there is one, can be written. Raises UserError that says what stands against it."""
    if settings.lake is None:
        return
    files = filesystem(settings.lake)
    probe = f"{settings.lake}/.revfunnel-may-write"
    try:
        if "://" not in settings.lake:  # in a store the first folder would be a bucket, which is not ours to make
            files.makedirs(settings.lake, exist_ok=True)
        files.pipe_file(probe, b"probe")
        files.rm_file(probe)
    except Exception as error:  # every store has errors of its own
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise UserError(f"REVFUNNEL_DESTINATION: cannot write to {settings.lake} ({reason})") from None


def let_read(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Let a connection read the lake, if there is one. DuckDB reads folders by itself."""
    if settings.lake and "://" in settings.lake:
        connection.register_filesystem(filesystem(settings.lake))


def stream_files(lake: str, source: str, stream: str) -> str:
    """The files of a stream, as a pattern that DuckDB, Spark and fsspec understand."""
    return f"{lake}/raw_{source}/{stream}/*.parquet"


def remove_unfinished(lake: str, source: str) -> None:
    """Delete what killed copies have left. Nothing else may be writing to the lake."""
    for file in Path(lake, f"raw_{source}").rglob(f".*{_UNFINISHED}") if "://" not in lake else ():
        file.unlink(missing_ok=True)
