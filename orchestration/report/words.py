"""Figures and dates as the page writes them; a figure that is not known is a dash."""

from datetime import date
from decimal import Decimal

from orchestration.report.blocks import NOTHING, Cell


def money(value: Decimal | None, *, signed: bool = False) -> Cell:
    """`12,345`, below ten `1.30`; the currency stands in the heading."""
    if value is None:
        return Cell(NOTHING)
    digits = 0 if abs(value) >= 10 or value == 0 else 2
    return Cell(f"{value:{'+' if signed and value else ''},.{digits}f}", value)


def percent(value: Decimal | None) -> Cell:
    """A fraction of one: `104.2 %`."""
    return Cell(NOTHING) if value is None else Cell(f"{value * 100:.1f} %", value)


def number(value: Decimal | int | None, digits: int = 0, suffix: str = "") -> Cell:
    """`1,234`, `3.4 x`."""
    return Cell(NOTHING) if value is None else Cell(f"{value:,.{digits}f}{suffix}", value)


def text(value: str | None) -> Cell:
    return Cell(NOTHING) if value is None else Cell(value, value)


def day(value: date | None) -> Cell:
    return Cell(NOTHING) if value is None else Cell(f"{value:%Y-%m-%d}", value)


def month(value: date) -> Cell:
    return Cell(f"{value:%Y-%m}", value)


def points(now: Decimal | None, before: Decimal | None) -> str:
    """How far a rate moved, in percentage points: `+1.2 points in the month`."""
    if now is None or before is None:
        return ""
    return f"{(now - before) * 100:+.1f} points in the month"
