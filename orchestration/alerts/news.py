"""News: one change worth telling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from orchestration.alerts.conditions import Condition, Level
from orchestration.alerts.store import text_of, time_of

COLUMNS = ("id", "at", "key", "kind", "level", "worst", "owner", "title", "detail", "since", "attachment")


@dataclass(frozen=True, slots=True)
class News:
    """`kind`: broken, worse, better, recovered, reminder, digest, test. Times are UTC; `attachment` is a path or "".

    `level` is how bad it is, or was before it recovered; `worst` how bad it has been since it broke: whoever has heard
    of the worst is to hear of the end too.
    """

    id: int
    at: datetime
    key: str
    kind: str
    level: Level
    worst: Level
    owner: str
    title: str
    detail: str
    since: datetime
    attachment: str = ""

    def values(self) -> list[str | int]:
        """The values of `COLUMNS` without the id."""
        told = (self.key, self.kind, int(self.level), int(self.worst), self.owner, self.title, self.detail)
        return [text_of(self.at), *told, text_of(self.since), self.attachment]


def news_of(
    condition: Condition,
    kind: str,
    now: datetime,
    *,
    since: datetime,
    level: Level | None = None,
    worst: Level | None = None,
    attachment: str = "",
) -> News:
    """What there is to say of a condition; without an id, which the store gives."""
    level = condition.level if level is None else level
    return News(
        id=0,
        at=now,
        key=condition.key,
        kind=kind,
        level=level,
        worst=level if worst is None else worst,
        owner=condition.owner,
        title=condition.title,
        detail=condition.detail,
        since=since,
        attachment=attachment,
    )


def from_row(row: Sequence[object]) -> News:
    """News as it stands in the store: the values of `COLUMNS`."""
    number, at, key, kind, level, worst, owner, title, detail, since, attachment = map(str, row)
    return News(
        id=int(number),
        at=time_of(at),
        key=key,
        kind=kind,
        level=Level(int(level)),
        worst=Level(int(worst)),
        owner=owner,
        title=title,
        detail=detail,
        since=time_of(since),
        attachment=attachment,
    )
