"""Does a raw stream still bring new objects? Two ages: of the last read, and of the newest object.

The newest object is held against the pauses between days with new ones, which the objects' own times tell from the
first read on. A stream without such times is judged by the days on which a read found something new.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import dagster as dg

from orchestration.checks.reads import Read
from orchestration.checks.usual import usual
from orchestration.freshness import OLDEST

if TYPE_CHECKING:
    import duckdb

NAME = "freshness"
MIN_PAUSES = 10
_PAUSES = 50  # the newest of them count
_LEAST_SPREAD = 1.0  # days: a stream that is new every day may miss some without anything being wrong
WHAT_TO_DO = (
    "Look into the source for an object that is newer than the newest one here. If there is one, the read misses it: "
    "check the key's permissions and the log of the extract step. If there is none, something upstream has stopped "
    "(a form, an integration, billing itself)."
)
GIVE_BACK = (
    "Give the key the permission or scope that it had; figures that need this stream stand still until then. If the "
    "account no longer has such objects, there is nothing to do."
)


@dataclass(frozen=True)
class Arrivals:
    """The newest days (UTC) with new objects, oldest first, and the day from which the newest one's age counts."""

    days: Sequence[date]
    today: date


def read_arrivals(connection: "duckdb.DuckDBPyConnection", table: str, as_of: datetime, now: datetime) -> Arrivals:
    """The days on which objects were created, up to `as_of`; where none says when, those of reads that found new ones.

    Those are of the clock, so their age is counted up to `now`.
    """
    for column, until in (("created_at", as_of), ("extracted_at", now)):
        rows = connection.execute(
            f"""
            select distinct cast(timezone('UTC', {column}) as date) as day
            from {table}
            where {column} <= ?
            order by day desc
            limit {_PAUSES + 1}
            """,
            [until],
        ).fetchall()
        if rows:
            return Arrivals([day for (day,) in reversed(rows)], until.astimezone(UTC).date())
    return Arrivals([], now.astimezone(UTC).date())


def report(
    key: dg.AssetKey, reads: Sequence[Read], arrivals: Arrivals, *, now: datetime, mads: float
) -> dg.AssetCheckResult:
    """The check result of one stream.

    Args:
        key: the stream's asset.
        reads: what is recorded of its reads, oldest first.
        arrivals: when its objects came.
        now: the clock, up to which the last read is counted.
        mads: scaled median absolute deviations that a pause may be longer than the median one.
    """
    if lost := _lost(reads):
        return dg.AssetCheckResult(
            check_name=NAME,
            asset_key=key,
            passed=False,
            severity=dg.AssetCheckSeverity.WARN,
            description=f"warn: not read since {lost.at:%Y-%m-%d}: {reads[-1].skipped}",
            metadata={"status": "warn", "last_read": f"{lost.at:%Y-%m-%d %H:%M} UTC", "what_to_do": GIVE_BACK},
        )
    why = _why_not(reads, arrivals.days)
    is_late = bool(reads) and now - reads[-1].at > OLDEST
    if why and not is_late:
        return dg.AssetCheckResult(
            check_name=NAME,
            asset_key=key,
            passed=False,
            severity=dg.AssetCheckSeverity.WARN,
            description=f"not computable: {why}",
            metadata={"status": "not_computable"},
        )
    told, metadata, is_silent = ([], {}, False) if why else _newest(arrivals, mads)
    if is_late:
        told.insert(0, f"last read {_ago(now - reads[-1].at)} ago, allowed {_ago(OLDEST)}")
    status = "warn" if is_late or is_silent else "pass"
    return dg.AssetCheckResult(
        check_name=NAME,
        asset_key=key,
        passed=status == "pass",
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{status}: {'; '.join(told)}",
        metadata={
            "status": status,
            "last_read": f"{reads[-1].at:%Y-%m-%d %H:%M} UTC",
            **metadata,
            "what_to_do": WHAT_TO_DO,
        },
    )


def _lost(reads: Sequence[Read]) -> Read | None:
    """The last read of a stream that could be read once, and by the newest run no more."""
    if not reads or not reads[-1].skipped:
        return None
    return next((read for read in reversed(reads) if not read.skipped), None)


def _why_not(reads: Sequence[Read], days: Sequence[date]) -> str:
    if not reads:
        return "no read is recorded yet"
    if reads[-1].skipped:
        return f"it was not read: {reads[-1].skipped}"
    if not days:
        return "the account has no such object"
    if len(days) <= MIN_PAUSES:
        return f"{len(days) - 1} of {MIN_PAUSES} pauses between new objects to know what is usual"
    return ""


def _newest(arrivals: Arrivals, mads: float) -> tuple[list[str], dict[str, str | int], bool]:
    """The newest object in words and as metadata, and whether it is older than any pause would explain.

    A pause that there was before is not unusual, however far from the median: few long ones among many short ones
    are how holidays look.
    """
    days = arrivals.days
    pauses = [float((after - before).days) for before, after in pairwise(days)]
    limit = max(usual(pauses, mads, _LEAST_SPREAD).high, *pauses)
    age = (arrivals.today - days[-1]).days
    typical = usual(pauses, mads).median
    told = f"newest object {age} days old, new ones usually every {typical:g} days, at most {limit:.0f}"
    metadata: dict[str, str | int] = {
        "newest_object": str(days[-1]),
        "age_days": age,
        "usual_pause_days": f"{typical:g}",
        "allowed_days": f"{limit:.0f}",
        "pauses_compared": len(pauses),
    }
    return [told], metadata, age > limit


def _ago(age: timedelta) -> str:
    return f"{age.total_seconds() / 3600:.0f} hours"
