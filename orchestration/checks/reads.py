"""What Dagster recorded of the reads of a raw stream: how much each brought, a day at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import dagster as dg

# Days before the newest one that a day is held against, and how many records are looked at for them.
DAYS = 56
_RECORDS = 200


@dataclass(frozen=True)
class Read:
    """One materialisation of a stream. `skipped` says why it was not read, if it was not."""

    at: datetime
    fetched: int
    new_versions: int
    rejected: int
    skipped: str = ""


@dataclass(frozen=True)
class Day:
    """The reads of one day (UTC): the rows of the largest one, the new versions of all of them.

    `before` is the day of the reads before, None for the first: what came with it had gathered for unknown time.
    """

    day: date
    before: date | None
    fetched: int
    new_versions: int

    @property
    def new_versions_a_day(self) -> float | None:
        return None if self.before is None else self.new_versions / (self.day - self.before).days


def read_reads(instance: dg.DagsterInstance, key: dg.AssetKey) -> list[Read]:
    """The newest reads of a stream, oldest first."""
    records = instance.fetch_materializations(key, limit=_RECORDS).records
    return [read for record in reversed(records) if (read := _read(record)) is not None]


def days_of(reads: Sequence[Read]) -> list[Day]:
    """The days on which the stream was read, oldest first; reads that were skipped brought nothing and do not count."""
    grouped: dict[date, list[Read]] = {}
    for read in reads:
        if not read.skipped:
            grouped.setdefault(read.at.date(), []).append(read)
    days: list[Day] = []
    for day in sorted(grouped):
        told = grouped[day]
        before = days[-1].day if days else None
        days.append(Day(day, before, max(read.fetched for read in told), sum(read.new_versions for read in told)))
    return days


def _read(record: dg.EventLogRecord) -> Read | None:
    """None for a materialisation that says nothing of rows, such as one that somebody reported by hand."""
    materialization = record.asset_materialization
    if materialization is None or "rows_fetched" not in materialization.metadata:
        return None
    told = {name: value.value for name, value in materialization.metadata.items()}
    return Read(
        at=datetime.fromtimestamp(record.timestamp, UTC),
        fetched=_count(told.get("rows_fetched")),
        new_versions=_count(told.get("new_versions")),
        rejected=_count(told.get("rejected")),
        skipped=str(told.get("skipped") or ""),
    )


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0
