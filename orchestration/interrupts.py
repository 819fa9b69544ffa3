"""Ending a run: what libraries make of an interruption becomes one again.

Dagster ends a run by raising an exception of its own wherever the main thread stands. DuckDB turns it into a
`RuntimeError`, and dagster-dbt into a `TimeoutExpired` where dbt takes long to end. Dagster would read either as a
failed step, and go on with the others. For the same reason no asset has a `retry_policy`: Dagster retries interrupted
steps too, half a minute later.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

_INTERRUPTIONS = (dg.DagsterExecutionInterruptedError, KeyboardInterrupt)
_DUCKDB = "Query interrupted"


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise DagsterExecutionInterruptedError for an exception that an interruption has caused; others pass."""
    try:
        yield
    except Exception as error:
        if _is_interruption(error):
            raise dg.DagsterExecutionInterruptedError from error
        raise


def _is_interruption(error: BaseException) -> bool:
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, _INTERRUPTIONS) or (isinstance(link, RuntimeError) and str(link) == _DUCKDB):
            return True
        link = link.__cause__ or link.__context__
    return False
