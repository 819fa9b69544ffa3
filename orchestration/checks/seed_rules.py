"""What is wrong with seeds/benchmarks.csv, line by line, before anything is built from it.

Each problem is one line of text: the file, the line, what stands there and what is allowed.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path

from orchestration.checks.metrics import MONEY, Metric, known_metrics
from orchestration.checks.seed import BENCHMARKS_CSV, Line, read_lines
from orchestration.settings import UserError

COLUMNS = (
    "metric", "segment", "low", "high", "direction", "severity", "min_n", "unit", "window_months", "requires",
    "source", "what_to_do",
)  # fmt: skip
# What each direction needs an end of the range for.
_DIRECTIONS = {"at_least": ("low",), "at_most": ("high",), "between": ("low", "high")}
_SEVERITIES = ("warn", "error")
_MAX_WINDOW = 36
_MAX_RATIO = 10  # of a ratio, a fraction of one: more is a number of per cent
_MAX_NUMBER = Decimal("1e12")  # what the column holds: 18 digits, six of them behind the point
_PLACES = 6


def check_benchmarks(path: Path = BENCHMARKS_CSV) -> None:
    """Refuse a file with a bad row.

    Raises:
        UserError: one line a problem.
    """
    found = problems(path, known_metrics())
    if found:
        raise UserError(*found)


def problems(path: Path, metrics: Mapping[str, Metric]) -> list[str]:
    """One line of text a problem, in the order of the file; none for a file that can be built from."""
    try:
        header, lines = read_lines(path)
    except OSError as error:
        return [f"{path.name}: cannot be read ({error.strerror})"]
    except (UnicodeDecodeError, csv.Error) as error:
        return [f"{path.name}: is no CSV file in UTF-8 ({error}); save it as that"]
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        return [f"{path.name} line 1: {_header_problem(header, missing)}"]
    found = [
        f"{path.name} line {line.number}: {problem}" for line in lines for problem in _of_line(line, header, metrics)
    ]
    return [*found, *(f"{path.name} {problem}" for problem in _duplicates(lines))]


def _header_problem(header: tuple[str, ...], missing: list[str]) -> str:
    if any(";" in name for name in header):
        return "the columns are separated by semicolons; save the file with commas (and a point in numbers)"
    return f"column {', '.join(missing)} is missing; the columns are {', '.join(COLUMNS)}"


def _of_line(line: Line, header: tuple[str, ...], metrics: Mapping[str, Metric]) -> Iterator[str]:
    if len(line.fields) != len(header):
        yield (
            f"has {len(line.fields)} fields, the header {len(header)}; a text with a comma in it stands between "
            "double quotes"
        )
        return
    row = line.values
    yield from _what(row, metrics)
    yield from _range(row)
    if row["severity"] not in _SEVERITIES:
        yield f"severity {row['severity']!r} is not allowed; allowed: {', '.join(_SEVERITIES)}"
    yield from _whole(row, "min_n", None)
    yield from _whole(row, "window_months", _MAX_WINDOW)
    for name in ("requires", "source", "what_to_do"):
        if not row[name].strip():
            yield f"{name} is empty"


def _what(row: Mapping[str, str], metrics: Mapping[str, Metric]) -> Iterator[str]:
    """Metric, segment and unit, as far as they can be judged."""
    metric = metrics.get(row["metric"])
    if metric is None:
        yield f"metric {row['metric']!r} is not known; known: {', '.join(sorted(metrics))}"
        return
    if row["segment"] not in metric.segments:
        yield f"segment {row['segment']!r} does not exist for {metric.name}; allowed: {', '.join(metric.segments)}"
    unit = row["unit"]
    if metric.unit == MONEY and not re.fullmatch("[a-z]{3}", unit):
        yield f"unit {unit!r} is not allowed for {metric.name}; allowed: a currency code in small letters, as usd"
    elif metric.unit not in (MONEY, unit):
        yield f"unit {unit!r} is not allowed for {metric.name}; allowed: {metric.unit}"


def _range(row: Mapping[str, str]) -> Iterator[str]:
    ends: dict[str, Decimal] = {}
    for name in ("low", "high"):
        if row[name]:
            end = _number(row[name])
            if isinstance(end, Decimal):
                ends[name] = end
            else:
                yield f"{name} {row[name]!r} {end}"
            if row["unit"] == "ratio" and isinstance(end, Decimal) and abs(end) > _MAX_RATIO:
                yield f"{name} {row[name]} is no fraction of one; 32 % is written 0.32"
    if len(ends) == 2 and ends["low"] > ends["high"]:
        yield f"low {row['low']} is above high {row['high']}"
    needed = _DIRECTIONS.get(row["direction"])
    if needed is None:
        yield f"direction {row['direction']!r} is not allowed; allowed: {', '.join(_DIRECTIONS)}"
        return
    for name in needed:
        if not row[name]:
            yield f"direction {row['direction']} needs a number in {name}"


def _number(text: str) -> Decimal | str:
    """The number, or what is wrong with it."""
    allowed = "allowed: a number with a point, as 0.32, or nothing"
    try:
        number = Decimal(text) if re.fullmatch(r"[-+]?[0-9]*\.?[0-9]*", text) else None
    except InvalidOperation:
        number = None
    if number is None:
        return f"is no number; {allowed}"
    if abs(number) >= _MAX_NUMBER or number != round(number, _PLACES):
        return f"cannot be kept; allowed: below {_MAX_NUMBER:,.0f}, up to {_PLACES} decimals"
    return number


def _whole(row: Mapping[str, str], name: str, highest: int | None) -> Iterator[str]:
    text = row[name]
    is_allowed = re.fullmatch("[0-9]{1,9}", text) and int(text) >= 1 and (highest is None or int(text) <= highest)
    if not is_allowed:
        allowed = "a whole number from 1 on" if highest is None else f"a whole number from 1 to {highest}"
        yield f"{name} {text!r} is not allowed; allowed: {allowed}"


def _duplicates(lines: Iterable[Line]) -> Iterator[str]:
    seen: dict[tuple[str, str], int] = {}
    for line in lines:
        key = line.values.get("metric", ""), line.values.get("segment", "")
        first = seen.setdefault(key, line.number)
        if first != line.number:
            yield f"line {line.number}: {key[0]} of segment {key[1]} stands in line {first} already; keep one of them"
