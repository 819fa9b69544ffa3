"""What went wrong in a run, in one line a problem: the cause, not the stack above it."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import dagster as dg

if TYPE_CHECKING:
    from dagster import ExecuteInProcessResult

_WIDTH = 300
_OWN_WIDTH = 900  # of what was written for people, whose end says what to do
_INTERRUPTIONS = ("DagsterExecutionInterruptedError", "KeyboardInterrupt")
_DBT_GAVE_UP = "The dbt CLI process with command"
# `  Database Error in model mrr_monthly (models/marts/...)`, `  Binder Error: ...`: what dbt says of one node.
_DBT_ERROR = re.compile(r"\w+ Error in (?:model|test|seed) (\S+)[^\n]*\n\s*([^\n]+)")
_DBT_UNIT_TEST = re.compile(r"^Failure in unit_test (\S+)", re.MULTILINE)


def problems(result: "ExecuteInProcessResult") -> list[str]:
    """One line for each cause of a failed run: models, checks and steps. Steps skipped behind them are not named."""
    checks = failed_checks(result)
    lines = failed_steps(result)
    if checks:
        # dbt's step fails when a test does, and says so at length; the checks say it better.
        lines = [line for line in lines if _DBT_GAVE_UP not in line]
    return [*lines, *checks]


def unread(result: "ExecuteInProcessResult") -> dict[tuple[str, str], str]:
    """(source, stream) -> why it was not read, as its extraction has recorded it."""
    found = {}
    for event in result.get_asset_materialization_events():
        reason, key = event.materialization.metadata.get("skipped"), event.asset_key
        if reason is not None and key is not None:
            found[key.path[0].removeprefix("raw_"), key.path[-1]] = str(reason.value)
    return found


def was_interrupted(result: "ExecuteInProcessResult") -> bool:
    """Whether the run was ended from outside."""
    failures = [event for event in result.all_events if event.event_type == dg.DagsterEventType.STEP_FAILURE]
    errors = [event.step_failure_data.error for event in failures]
    return any(error and error.cls_name in _INTERRUPTIONS for error in errors)


def failed_steps(result: "ExecuteInProcessResult") -> list[str]:
    """`step: reason` of every step that failed."""
    lines: list[str] = []
    for event in result.all_events:
        if event.event_type == dg.DagsterEventType.STEP_FAILURE:
            error = event.step_failure_data.error
            lines += [f"{event.step_key}: {reason}" for reason in reasons(error)]
    return lines


def failed_checks(result: "ExecuteInProcessResult") -> list[str]:
    """`check NAME on ASSET failed` of every blocking check that failed; benchmarks never block."""
    lines = []
    for evaluation in result.get_asset_check_evaluations():
        if evaluation.blocking and not evaluation.passed and evaluation.severity == dg.AssetCheckSeverity.ERROR:
            rows = evaluation.metadata.get("dagster_dbt/failed_row_count")
            told = f" ({rows.value} rows)" if rows else ""
            lines.append(f"check {evaluation.check_name} on {evaluation.asset_key.path[-1]} failed{told}")
    return lines


def reasons(error: Any) -> list[str]:
    """The causes behind a step's error: one line, or one for each dbt model that failed.

    Args:
        error: Dagster's SerializableErrorInfo, or None.
    """
    if error is None:
        return ["failed without an error"]
    chain = list(_chain(error))
    for link in chain:
        if link.cls_name in ("UserError", "SettingsError", "Failure"):
            return [_one_line(link.message, _OWN_WIDTH)]
    text = "\n".join(link.message for link in chain)
    nodes = dict(_DBT_ERROR.findall(text))
    tests = dict.fromkeys(_DBT_UNIT_TEST.findall(text))
    if nodes or tests:
        lines = [f"{name}: {reason}" for name, reason in nodes.items()]
        return [_one_line(line) for line in (*lines, *(f"the unit test {name} of the models failed" for name in tests))]
    return [_one_line(chain[-1].message)]


def _chain(error: Any) -> Iterator[Any]:
    """The error, what caused it, and so on down to the root."""
    while error is not None:
        yield error
        error = error.cause


def _one_line(message: str, width: int = _WIDTH) -> str:
    """Without the exception's class in front, without line breaks, not longer than a person reads."""
    text = " ".join(message.split())
    text = re.sub(r"^[\w.]+(?:Error|Exception|Failure): ", "", text)
    return text if len(text) <= width else text[: width - 1] + "…"
