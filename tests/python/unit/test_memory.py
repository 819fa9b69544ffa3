"""Giving memory back."""

import ctypes
import platform
import resource
from pathlib import Path

import pyarrow as pa
import pytest

from orchestration.memory import give_back


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be asked")
def test_what_was_used_for_a_while_goes_back_to_the_system() -> None:
    texts = [bytes(1_000) for _ in range(100_000)]  # 100 MB
    between = [texts[number] for number in range(0, len(texts), 1_000)]  # what keeps the heap from shrinking by itself
    del texts
    before = resident_mb()
    give_back()
    assert before - resident_mb() > 50
    assert len(between) == 100


def test_another_c_library_does_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    give_back()
    assert pa.default_memory_pool().bytes_allocated() >= 0


def resident_mb() -> float:
    """Memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1_048_576
