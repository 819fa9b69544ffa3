"""Progress on the terminal: one line a finished step, and in between the latest news of the step that runs."""

import logging
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, TextIO

import dagster as dg

if TYPE_CHECKING:
    from dagster import InitLoggerContext

_WIDTH = 78
_NEWS_SECONDS = 5.0  # how often a log file or a pipe gets news of a running step; a terminal gets all of it


def progress_logger(out: TextIO) -> dg.LoggerDefinition:
    """A Dagster logger that writes progress lines to `out` and nothing else."""

    def progress(_context: "InitLoggerContext") -> logging.Logger:
        logger = logging.getLogger("revfunnel.progress")
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
        logger.handlers = [ProgressHandler(out)]
        return logger

    return dg.LoggerDefinition(progress, description="One line a step.")


class ProgressHandler(logging.Handler):
    """Turns Dagster's log records into progress lines."""

    def __init__(self, out: TextIO) -> None:
        super().__init__()
        self._out = out
        self._is_terminal = out.isatty()
        self._last_news = time.monotonic()
        self._seen: Counter[str] = Counter()
        self._rows: int | None = None
        self._checked = ""

    def emit(self, record: logging.LogRecord) -> None:
        told = getattr(record, "dagster_meta", None)
        if told is None:
            return
        event: dg.DagsterEvent | None = told["dagster_event"]
        if event is not None:
            self._on_event(event)
        elif told["step_key"] and record.levelno >= logging.INFO:
            self._news(f"{_plain(told['step_key'])}: {told['orig_message']}")

    def _on_event(self, event: dg.DagsterEvent) -> None:
        kinds = dg.DagsterEventType
        step = _plain(event.step_key or "")
        if event.event_type == kinds.STEP_START:
            self._seen.clear()
            self._rows = None
            self._news(step)
        elif event.event_type == kinds.ASSET_MATERIALIZATION:
            self._seen["tables"] += 1
            self._add_rows(event.step_materialization_data.materialization.metadata)
            self._news(f"{step}: {self._summary()}")
        elif event.event_type == kinds.ASSET_CHECK_EVALUATION:
            self._seen["checks"] += 1
            self._checked = event.asset_check_evaluation_data.check_name
            self._news(f"{step}: {self._summary()}")
        elif event.event_type == kinds.STEP_SUCCESS:
            seconds = event.step_success_data.duration_ms / 1000
            # A step of a single check is called after its asset too, which makes a long name.
            name = self._checked if self._seen == {"checks": 1} else step
            self._line(f"  done    {name:<34} {self._summary():<24} {seconds:6.1f} s")
        elif event.event_type == kinds.STEP_FAILURE:
            self._line(f"  FAILED  {step}")
        elif event.event_type == kinds.STEP_SKIPPED:
            self._line(f"  skipped {step}")

    def _add_rows(self, metadata: Any) -> None:
        rows = metadata.get("dagster/row_count") or metadata.get("rows_fetched")
        if rows is not None and isinstance(rows.value, int):
            self._rows = (self._rows or 0) + rows.value

    def _summary(self) -> str:
        """`12,345 rows`, or `61 tables, 240 checks` for a step that makes many."""
        parts = [
            f"{count} {name if count > 1 else name.removesuffix('s')}"
            for name, count in self._seen.items()
            if name != "tables" or count > 1
        ]
        if self._rows is not None:
            parts.insert(0, f"{self._rows:,} rows")
        return ", ".join(parts)

    def _news(self, text: str) -> None:
        """A line that the next one replaces; where nothing can be replaced, one now and then."""
        text = " ".join(text.split())[:_WIDTH]
        if self._is_terminal:
            self._out.write(f"\r\x1b[K  {text}")
            self._out.flush()
        elif time.monotonic() - self._last_news >= _NEWS_SECONDS:
            self._last_news = time.monotonic()
            self._out.write(f"  ...     {text}\n")
            self._out.flush()

    def _line(self, text: str) -> None:
        self._last_news = time.monotonic()
        self._out.write(("\r\x1b[K" if self._is_terminal else "") + text.rstrip() + "\n")
        self._out.flush()


def _plain(step_key: str) -> str:
    """`raw_stripe__invoices` -> raw_stripe invoices."""
    return step_key.replace("__", " ")
