"""Ending a run: what libraries make of an interruption becomes one again.

Dagster ends a run by raising an exception of its own wherever the main thread stands. DuckDB turns it into a
`RuntimeError`, and dagster-dbt into a `TimeoutExpired` where dbt takes long to end. Dagster would read either as a
failed step, and go on with the others. Python swallows it in a weak reference's callback or in `__del__`, which happens
while dlt loads. For the same reason no asset has a `retry_policy`: Dagster retries interrupted steps too, half a minute
later.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import dagster as dg

_INTERRUPTIONS = (dg.DagsterExecutionInterruptedError, KeyboardInterrupt)
_DUCKDB = "Query interrupted"
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_AGAIN_SECONDS = 0.5


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise DagsterExecutionInterruptedError for an exception that an interruption has caused; others pass."""
    try:
        yield
    except Exception as error:
        if _is_interruption(error):
            raise dg.DagsterExecutionInterruptedError from error
        raise


@contextmanager
def insistent() -> Iterator[None]:
    """`interruptible`, and an interruption is repeated until the block is on its way out. Not around a `yield`."""
    handlers = {number: signal.getsignal(number) for number in _SIGNALS}
    if threading.current_thread() is not threading.main_thread():
        with interruptible():
            yield
        return
    interrupted, left = threading.Event(), threading.Event()

    def repeat() -> None:
        while not left.wait(_AGAIN_SECONDS):
            os.kill(os.getpid(), signal.SIGINT)

    repeating = threading.Thread(target=repeat, name="interruption", daemon=True)

    def handle(number: int, frame: FrameType | None) -> None:
        if not interrupted.is_set():
            interrupted.set()
            repeating.start()
        handler = handlers[signal.Signals(number)]
        if callable(handler) and not left.is_set() and not _is_interruption(sys.exception()):
            handler(number, frame)

    for number in _SIGNALS:
        signal.signal(number, handle)
    try:
        with interruptible():
            yield
    except Exception as error:
        if interrupted.is_set():
            raise dg.DagsterExecutionInterruptedError from error
        raise
    finally:
        left.set()
        if repeating.is_alive():
            repeating.join()  # or a repetition under way would come after the block
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if interrupted.is_set():
        raise dg.DagsterExecutionInterruptedError


def _is_interruption(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, _INTERRUPTIONS) or (isinstance(error, RuntimeError) and str(error) == _DUCKDB):
            return True
        error = error.__cause__ or error.__context__
    return False
