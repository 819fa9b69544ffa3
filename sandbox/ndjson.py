"""NDJSON files kept on disk and read by position.

The sandbox serves files larger than memory, so only positions are held; an object's bytes are read when asked for.
"""

import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

T = TypeVar("T")

# Decimals keep the digits of the file: what is read and written again is the same text.
_json_decoder = msgspec.json.Decoder(float_hook=Decimal)
_json_encoder = msgspec.json.Encoder(decimal_format="number")


class DataError(Exception):
    """A folder that cannot be served. The message is one line: which file, which line, what is wrong."""


class Span(NamedTuple):
    """Where one object stands in its file, in bytes."""

    offset: int
    length: int


class NdjsonFile:
    """One object a line. A missing file is an empty one.

    The file stays open, so replacing it on disk (rename) does not disturb a running server; a file cut short in
    place is noticed, because a position is read whole or not at all.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = path.open("rb") if path.exists() else None
        except OSError as error:
            raise DataError(f"{path}: cannot be read ({error.strerror})") from error

    def rows(self, decoder: msgspec.json.Decoder[T]) -> Iterator[tuple[int, Span, T]]:
        """Yield (line number from 1, position, decoded line) of every line that is not blank.

        A line that is not JSON or lacks what the decoder requires is a DataError that names it.
        """
        if self._file is None:
            return
        self._file.seek(0)
        offset = 0
        for number, line in enumerate(self._file, start=1):
            content = line.strip()
            if content:
                span = Span(offset + line.index(content[:1]), len(content))
                try:
                    yield number, span, decoder.decode(content)
                except (msgspec.DecodeError, UnicodeDecodeError) as error:
                    raise DataError(f"{self.path}, line {number}: {error}") from error
            offset += len(line)

    def read(self, span: Span) -> bytes:
        """The bytes at a position that `rows` gave."""
        if self._file is None:
            raise DataError(f"{self.path}: no such file")
        content = os.pread(self._file.fileno(), span.length, span.offset)
        if len(content) != span.length:
            raise DataError(f"{self.path}: became shorter while it was served; start the sandbox again")
        return content


def decode(content: bytes) -> Any:
    """JSON to Python objects; numbers with a fraction become Decimal."""
    return _json_decoder.decode(content)


def encode(value: Any) -> bytes:
    """Python objects to compact JSON."""
    return _json_encoder.encode(value)
