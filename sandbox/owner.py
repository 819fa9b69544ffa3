"""Whose accounts a folder's are: names for them that another folder's accounts do not have."""

import hashlib
from pathlib import Path


def number(folder: Path, digits: int) -> int:
    """A number of so many digits, always the same for a folder of this name; `folder` is one vendor's part of it."""
    digest = hashlib.sha256(folder.resolve().parent.name.encode()).digest()
    first = 10 ** (digits - 1)
    return first + int.from_bytes(digest) % (9 * first)
