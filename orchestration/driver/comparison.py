"""Comparing tables of the warehouse with tables that somebody derived by hand or simulated.

Everything here is a pure function of rows: keys (tuples of text) to columns (text, whole numbers or decimals).
"""

import csv
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

Key = tuple[str, ...]
Value = str | Decimal | None
Rows = dict[Key, dict[str, Value]]

_SCENARIO = re.compile(r"cus_([A-Za-z]+\d+)")


@dataclass(frozen=True)
class Difference:
    """One row or one value that is not as expected. `column` is empty where a whole row is missing or too many."""

    key: Key
    column: str
    expected: Value
    actual: Value

    def __str__(self) -> str:
        where = " ".join(self.key)
        if not self.column:
            return f"{where}: {self.expected}, {self.actual}"
        return f"{where} {self.column}: expected {_shown(self.expected)}, got {_shown(self.actual)}"


@dataclass(frozen=True)
class Comparison:
    """The outcome for one table: its name, the expected keys, and what differs."""

    name: str
    keys: tuple[Key, ...]
    differences: tuple[Difference, ...]

    @property
    def wrong_keys(self) -> set[Key]:
        return {difference.key for difference in self.differences}

    @property
    def expected(self) -> int:
        return len(self.keys)

    @property
    def matched(self) -> int:
        return sum(key not in self.wrong_keys for key in self.keys)

    @property
    def share(self) -> Decimal:
        """Matched over expected; 1 when nothing was expected."""
        return Decimal(self.matched) / self.expected if self.expected else Decimal(1)


def compare(
    name: str,
    expected: Rows,
    actual: Rows,
    tolerances: Mapping[str, Decimal],
    is_surplus: Callable[[Mapping[str, Value]], bool] = bool,
) -> Comparison:
    """Hold `actual` against `expected`, row by row.

    Args:
        name: the table's name, for people.
        expected: every row that must be there.
        actual: the rows found; columns that are not expected are ignored.
        tolerances: largest difference allowed, by column; columns not named must be equal.
        is_surplus: says of a row found but not expected whether it counts as a difference; by default it does.
    """
    differences: list[Difference] = []
    for key, row in expected.items():
        found = actual.get(key)
        if found is None:
            differences.append(Difference(key, "", "expected", "missing"))
            continue
        differences += [
            Difference(key, column, value, found.get(column))
            for column, value in row.items()
            if not _equal(value, found.get(column), tolerances.get(column, Decimal(0)))
        ]
    differences += [
        Difference(key, "", "not expected", f"found {_row_shown(row)}")
        for key, row in actual.items()
        if key not in expected and is_surplus(row)
    ]
    return Comparison(name, tuple(expected), tuple(differences))


def read_csv(path: Path, keys: Sequence[str], numbers: Iterable[str], ignored: Sequence[str] = ()) -> Rows:
    """Rows of a CSV file by their key columns. Empty is None; the columns in `numbers` become decimals.

    The columns in `ignored` are left out.
    """
    with path.open(encoding="utf-8", newline="") as file:
        records = [{name: value for name, value in row.items() if name not in ignored} for row in csv.DictReader(file)]
    return rows_by_key(records, keys, numbers)


def rows_by_key(records: Iterable[Mapping[str, object]], keys: Sequence[str], numbers: Iterable[str]) -> Rows:
    """Records (of a CSV file or a query) by their key columns, values in comparable form."""
    numeric = frozenset(numbers)
    rows: Rows = {}
    for record in records:
        key = tuple(_text(record[name]) or "" for name in keys)
        rows[key] = {
            name: _decimal(value) if name in numeric else _text(value)
            for name, value in record.items()
            if name not in keys
        }
    return rows


def scenario_of(customer_id: str) -> str:
    """`cus_P08` and `cus_P08b` -> P08; the id itself where it is no scenario's customer."""
    found = _SCENARIO.match(customer_id)
    return found.group(1) if found else customer_id


def by_scenario(comparison: Comparison) -> dict[str, tuple[int, int]]:
    """Scenario -> (matched, expected) rows, for tables whose key begins with the customer.

    A row that is too many makes its scenario count one row more than it can match.
    """
    counts: dict[str, list[int]] = {}
    for key in [*comparison.keys, *sorted(comparison.wrong_keys - set(comparison.keys))]:
        matched, expected = counts.setdefault(scenario_of(key[0]), [0, 0])
        counts[scenario_of(key[0])] = [matched + (key not in comparison.wrong_keys), expected + 1]
    return {scenario: (matched, expected) for scenario, (matched, expected) in counts.items()}


def _equal(expected: Value, actual: Value, tolerance: Decimal) -> bool:
    if isinstance(expected, Decimal) and isinstance(actual, Decimal):
        return abs(expected - actual) <= tolerance
    return expected == actual


def _decimal(value: object) -> Decimal | None:
    return None if value is None or value == "" else Decimal(str(value))


def _text(value: object) -> str | None:
    if value is None or value == "":
        return None
    return value.isoformat()[:10] if isinstance(value, date) else str(value)


def _shown(value: Value) -> str:
    if value is None:
        return "nothing"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def _row_shown(row: Mapping[str, Value]) -> str:
    return ", ".join(f"{name} {_shown(value)}" for name, value in row.items())
