"""What can be broken: a condition is one check, job, schedule or group of assets, and how well it is at one moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum

import dagster as dg

from orchestration.alerts.assets import ANYBODY, Assets


class Level(IntEnum):
    """How bad it is. A higher one is worse."""

    FINE = 0
    WARN = 1
    ERROR = 2


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that was looked at. `key` names it for good, `owner` is a team without `team:`, times are UTC."""

    key: str
    title: str
    level: Level
    seen_at: datetime
    owner: str = ANYBODY
    detail: str = ""


def of_checks(evaluations: Iterable[tuple[dg.AssetCheckEvaluation, datetime]], assets: Assets) -> Iterator[Condition]:
    """One condition a check that could be evaluated.

    What is not computable is left out: it is neither broken nor well, so the state told last stays.
    """
    for evaluation, at in evaluations:
        words = {name: str(value.value) for name, value in evaluation.metadata.items()}
        if words.get("status") == "not_computable":
            continue
        yield Condition(
            key=check_key(evaluation.asset_check_key),
            title=f"{evaluation.check_name} on {evaluation.asset_key.path[-1]}",
            level=level_of(evaluation),
            seen_at=at,
            owner=assets.owner(evaluation.asset_key),
            detail=_told(evaluation.description, words),
        )


def check_key(check: dg.AssetCheckKey) -> str:
    """What the condition of a check is called."""
    return f"check:{check.asset_key.to_user_string()}:{check.name}"


def level_of(evaluation: dg.AssetCheckEvaluation) -> Level:
    """Fine where it passed, else as severe as the check says."""
    if evaluation.passed:
        return Level.FINE
    return Level.ERROR if evaluation.severity.value == "ERROR" else Level.WARN


def of_run(job: str, *, failed: bool, at: float | None, reasons: Iterable[str] = ()) -> Condition:
    """A job by its last run; `at` is when that ended, in seconds since 1970."""
    return Condition(
        key=f"run:{job}",
        title=f"run of {job}",
        level=Level.ERROR if failed else Level.FINE,
        seen_at=datetime.fromtimestamp(at, UTC) if at else datetime.now(UTC),
        detail="; ".join(reasons),
    )


def _told(description: str | None, words: dict[str, str]) -> str:
    """What the check says, and what to do about it; a dbt test says how many rows fail."""
    rows, to_do = words.get("dagster_dbt/failed_row_count"), words.get("what_to_do", "")
    told = description or ""
    parts = [told, f"{rows} rows fail" if rows else "", to_do if to_do not in told else ""]
    return ". ".join(part.rstrip(".") for part in parts if part)
