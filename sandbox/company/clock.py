"""Time in the generated company: whole seconds since 1970, UTC, as Stripe has it.

Months are added the way a billing anchor does it: the day of the anchor, or the month's last day where it has none.
"""

from calendar import monthrange
from datetime import UTC, datetime

HOUR = 3_600
DAY = 86_400


def epoch(year: int, month: int, day: int = 1, hour: int = 0, minute: int = 0) -> int:
    """Seconds since 1970 of a UTC wall-clock time."""
    return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp())


def utc(at: int) -> datetime:
    """The UTC wall-clock time of `at`."""
    return datetime.fromtimestamp(at, UTC)


def add_months(anchor: int, months: int) -> int:
    """`anchor` moved by whole months, its time of day kept, its day clamped to the month's length."""
    then = utc(anchor)
    year, month0 = divmod(then.year * 12 + then.month - 1 + months, 12)
    day = min(then.day, monthrange(year, month0 + 1)[1])
    return int(then.replace(year=year, month=month0 + 1, day=day).timestamp())


def day_start(at: int) -> int:
    """Midnight that opens the UTC day of `at`."""
    return at - at % DAY


def month_start(at: int) -> int:
    """Midnight that opens the UTC month of `at`."""
    then = utc(at)
    return epoch(then.year, then.month)


def iso_date(at: int) -> str:
    """The UTC date of `at`, like 2026-10-01."""
    return utc(at).strftime("%Y-%m-%d")


def iso_millis(at: int) -> str:
    """`at` as HubSpot writes timestamps, like 2026-10-01T09:30:00.000Z."""
    return utc(at).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def iso_seconds(at: int) -> str:
    """`at` to the second, like 2026-10-01T09:30:00Z."""
    return utc(at).strftime("%Y-%m-%dT%H:%M:%SZ")


def written_date(at: int) -> str:
    """The UTC date of `at` as Stripe's line descriptions have it, like 05 Oct 2026 in any locale."""
    then = utc(at)
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return f"{then.day:02d} {months[then.month - 1]} {then.year}"
