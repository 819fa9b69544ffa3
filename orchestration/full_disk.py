"""A disk without space left is nothing that passes by itself: it is said in one line, and nothing is tried again."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.settings import UserError

_FULL = (errno.ENOSPC, errno.EDQUOT)
_TEXTS = ("No space left", "Disk quota exceeded")  # where a library has made a text of it


@contextmanager
def full_disk_explained(home: Path) -> Iterator[None]:
    """Raise UserError for an exception that a full disk has caused; others pass as they are."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        if any(_is_full(link) for link in causes(error)):
            raise UserError(f"the disk of {home} is full; free some space and run again") from None
        raise


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """The exception, what it came from, and so on."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_full(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in _FULL:
        return True
    return any(text in str(error) for text in _TEXTS)
