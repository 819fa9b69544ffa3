"""Memory that is free, but that this process still holds."""

from __future__ import annotations

import ctypes
from contextlib import suppress


def give_back() -> None:
    """Return to the system what the allocators keep for later; where they cannot, nothing happens.

    Between fetching and landing: the threads that fetched leave 30 to 100 MB behind, more the longer they ran, and
    DuckDB, which has an allocator of its own, would take its memory on top of that.
    """
    import pyarrow as pa

    pa.default_memory_pool().release_unused()
    with suppress(OSError, AttributeError):  # `malloc_trim` is glibc's
        ctypes.CDLL(None).malloc_trim(0)
