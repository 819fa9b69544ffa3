"""Did a raw stream bring as much as it usually does? Each day's reads, held against the stream's own past.

Two figures: new versions a day (more or fewer than usual) and rows read (fewer than usual: an API that answers in part
is no error to it). Days of the week differ, so what the same weekday used to bring is usual too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt

import dagster as dg

from orchestration.checks.reads import DAYS, Day, Read, days_of
from orchestration.checks.usual import Usual, usual

NAME = "volume"
MIN_DAYS = 14  # earlier days with reads: two of each weekday where the stream is read every day
_WEEKDAYS = 4  # of the last same weekdays, the median
WHAT_TO_DO = (
    "Fewer: compare with what Stripe or HubSpot shows for the day, and look at the log of the extract step for notes "
    "of a page or a permission that is gone. More: an import, a bulk edit or a migration in the source explains most; "
    "if none was made, ask who uses the account's keys."
)


@dataclass(frozen=True)
class Volume:
    """The newest day's figure and what is usual for it. `is_high_allowed`: only less than usual is told."""

    what: str
    figure: float
    usual: Usual
    is_high_allowed: bool = False

    @property
    def is_usual(self) -> bool:
        return self.usual.low <= self.figure and (self.is_high_allowed or self.figure <= self.usual.high)

    @property
    def told(self) -> str:
        """`120 new versions a day (usually 40 to 90, median 62)`."""
        low, high = max(self.usual.low, 0), self.usual.high
        usually = f"{low:,.0f} or more" if self.is_high_allowed else f"{low:,.0f} to {high:,.0f}"
        return f"{self.figure:,.0f} {self.what} (usually {usually}, median {self.usual.median:,.0f})"


def volumes(days: Sequence[Day], mads: float) -> list[Volume]:
    """The figures of the newest day; none while fewer than MIN_DAYS earlier days can be held against it."""
    recent = [day for day in days if (days[-1].day - day.day).days <= DAYS] if days else []
    rates = {day.day: rate for day in recent if (rate := day.new_versions_a_day) is not None}
    if len(rates) <= MIN_DAYS:
        return []
    newest = recent[-1]
    rows = {day.day: float(day.fetched) for day in recent}
    return [
        Volume("new versions a day", rates.pop(newest.day), expected(newest.day, rates, mads)),
        Volume("rows read", rows.pop(newest.day), expected(newest.day, rows, mads), is_high_allowed=True),
    ]


def expected(day: date, past: dict[date, float], mads: float) -> Usual:
    """The usual range of a day: around the median of all, reaching on to the same distance from that of its weekday.

    Counts spread by their square root at least, whatever luck the past had.
    """
    figures = list(past.values())
    everywhere = usual(figures, mads)
    spread = max((everywhere.high - everywhere.median) / mads, sqrt(max(everywhere.median, 1)))
    same = [past[each] for each in sorted(past) if each.weekday() == day.weekday()][-_WEEKDAYS:]
    middles = [everywhere.median, *([usual(same, mads).median] if len(same) > 1 else [])]
    return Usual(everywhere.median, min(middles) - mads * spread, max(middles) + mads * spread, len(figures))


def report(key: dg.AssetKey, reads: Sequence[Read], mads: float) -> dg.AssetCheckResult:
    """The check result of one stream."""
    days = days_of(reads)
    found = volumes(days, mads) if days else []
    if not reads or reads[-1].skipped or not found:
        return dg.AssetCheckResult(
            check_name=NAME,
            asset_key=key,
            passed=False,
            severity=dg.AssetCheckSeverity.WARN,
            description=f"not computable: {_why_not(reads, days)}",
            metadata={"status": "not_computable", "days_with_reads": len(days)},
        )
    unusual = [each.told for each in found if not each.is_usual]
    told = "; ".join(unusual or (each.told for each in found))
    status = "warn" if unusual else "pass"
    return dg.AssetCheckResult(
        check_name=NAME,
        asset_key=key,
        passed=not unusual,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{status}: {told} on {days[-1].day}",
        metadata={
            "status": status,
            "day": str(days[-1].day),
            "days_with_reads": len(days),
            **{each.what.replace(" ", "_"): each.told for each in found},
            "allowed": f"{mads:g} scaled median absolute deviations (var anomaly_mads)",
            "last_days": dg.MetadataValue.md(_table(days[-10:])),
            "what_to_do": WHAT_TO_DO,
        },
    )


def _why_not(reads: Sequence[Read], days: Sequence[Day]) -> str:
    if not reads:
        return "no read is recorded yet"
    if reads[-1].skipped:
        return f"it was not read: {reads[-1].skipped}"
    return f"{max(len(days) - 2, 0)} of {MIN_DAYS} earlier days with reads to hold the newest one against"


def _table(days: Sequence[Day]) -> str:
    lines = [f"| {day.day} | {day.fetched:,} | {day.new_versions:,} |" for day in days]
    return "\n".join(["| day | rows read | new versions |", "|---|---|---|", *lines])
