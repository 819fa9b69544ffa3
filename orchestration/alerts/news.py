"""News: one change worth telling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from orchestration.alerts.conditions import Level
from orchestration.alerts.store import time_of

COLUMNS = ("id", "at", "key", "kind", "level", "owner", "title", "detail", "since", "attachment")


@dataclass(frozen=True, slots=True)
class News:
    """`kind`: broken, worse, better, recovered, reminder, digest, test. Times are UTC; `attachment` is a path or ""."""

    id: int
    at: datetime
    key: str
    kind: str
    level: Level
    owner: str
    title: str
    detail: str
    since: datetime
    attachment: str = ""


def from_row(row: Sequence[object]) -> News:
    """News as it stands in the store: the values of `COLUMNS`."""
    number, at, key, kind, level, owner, title, detail, since, attachment = map(str, row)
    return News(
        id=int(number),
        at=time_of(at),
        key=key,
        kind=kind,
        level=Level(int(level)),
        owner=owner,
        title=title,
        detail=detail,
        since=time_of(since),
        attachment=attachment,
    )
