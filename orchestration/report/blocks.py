"""What a page is made of: sections with cards, charts and tables. Text only; the template turns it into HTML.

Every figure carries the exact value beside the rounded text, and the table and column that it comes from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from markupsafe import Markup

NOTHING = "–"  # noqa: RUF001
Value = str | int | bool | date | Decimal | None


@dataclass(frozen=True)
class Cell:
    """One cell: what it says, the exact value behind it, a note in small type and a drawing."""

    text: str
    value: Value = None
    note: str = ""
    status: str = ""
    drawing: Markup | None = None

    def named(self, name: str | None) -> Cell:
        """The same value under a name for people, where there is one."""
        return replace(self, text=name) if name else self

    @property
    def is_nothing(self) -> bool:
        """Whether it only says that there is no figure."""
        return self.text == NOTHING

    @property
    def exact(self) -> str:
        """The value as text that a program reads back unchanged; empty for none."""
        if self.value is None:
            return ""
        if isinstance(self.value, Decimal):
            return format(self.value, "f")
        return self.value.isoformat() if isinstance(self.value, date) else str(self.value)


@dataclass(frozen=True)
class Column:
    """A column of a table on the page; `name` is the mart's, empty where it is made up here."""

    name: str
    label: str
    is_number: bool = False
    is_prose: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of one mart. `keys` tell each row's grain, as `2026-10-01` or `win_rate/all`."""

    source: str
    caption: str
    columns: Sequence[Column]
    keys: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    is_folded: bool = False
    is_stacked: bool = False


@dataclass(frozen=True)
class Card:
    """One figure in large type. `column` and `key` say where in `source` it stands."""

    label: str
    cell: Cell
    note: str
    source: str
    column: str
    key: str


@dataclass(frozen=True)
class Chart:
    """A Vega-Lite specification, and what it shows in words, for those who do not see it."""

    id: str
    title: str
    summary: str
    source: str
    spec: Mapping[str, Any]
    is_small: bool = False


@dataclass(frozen=True)
class Section:
    """One subject of the page. With `reason`, it says why there is nothing (more) to show."""

    id: str
    title: str
    sources: Sequence[str]
    lead: str = ""
    reason: str | None = None
    cards: Sequence[Card] = ()
    charts: Sequence[Chart] = ()
    tables: Sequence[Table] = ()


STATUS_WORDS = {"pass": "Pass", "warn": "Warn", "fail": "Fail", "not_computable": "Not computable"}


def status_cell(status: str) -> Cell:
    """A verdict; the template adds a sign to it, so that it does not hang on colour alone."""
    return Cell(STATUS_WORDS.get(status, status), status, status=status)
