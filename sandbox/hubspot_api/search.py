"""CRM search: groups of filters joined by OR, the filters of a group by AND; sorted, paged, capped."""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from sandbox.hubspot_api.errors import invalid
from sandbox.hubspot_api.objects import property_type
from sandbox.hubspot_api.store import Records
from sandbox.hubspot_api.values import comparable, id_order

# Limits of the real API, https://developers.hubspot.com/docs/guides/api/crm/search
MAX_PAGE = 200
MAX_RESULTS = 10_000
MAX_GROUPS = 5
MAX_FILTERS_A_GROUP = 6
MAX_FILTERS = 18

Test = Callable[[int], bool]


class SearchFilter(msgspec.Struct, rename="camel"):
    """One condition on one property."""

    property_name: str
    operator: str
    value: str | int | float | bool | None = None
    high_value: str | int | float | None = None
    values: list[str | int | float] | None = None


class FilterGroup(msgspec.Struct, rename="camel"):
    """Conditions that all have to hold."""

    filters: list[SearchFilter] = []


class Sort(msgspec.Struct, rename="camel"):
    """A property and a direction."""

    property_name: str
    direction: str = "ASCENDING"


class SearchRequest(msgspec.Struct, rename="camel"):
    """The body of a search."""

    filter_groups: list[FilterGroup] | None = None
    sorts: list[Sort | str] | None = None
    properties: list[str] | None = None
    query: str | None = None
    limit: int | None = None
    after: str | int | None = None


class SearchPage(NamedTuple):
    """Positions on the page, the number of all matches, and where the next page begins."""

    positions: list[int]
    total: int
    next_after: int | None


def search(records: Records, request: SearchRequest) -> SearchPage:
    """Search the records that are not archived. Raises HubSpotError for what the real API refuses."""
    limit, offset = _paging(request)
    records.index.settle()
    # The matches are kept with the records, so that paging through them costs a slice a page.
    matches = records.index.remembered(
        msgspec.json.encode((request.filter_groups, request.query, request.sorts)), lambda: _matches(records, request)
    )
    end = offset + limit
    return SearchPage(matches[offset:end], len(matches), end if end < len(matches) else None)


def _matches(records: Records, request: SearchRequest) -> list[int]:
    keep = _any_group(records, request.filter_groups or [])
    text = _contains_text(records, request.query)
    found = [position for position in records.index.listed() if keep(position) and text(position)]
    _sort(records, found, request.sorts or [])
    return found


def _keep_all(_position: int) -> bool:
    return True


def _paging(request: SearchRequest) -> tuple[int, int]:
    limit = 10 if request.limit is None else request.limit
    if not 0 <= limit <= MAX_PAGE:
        raise invalid(f"Invalid limit {limit}: it must be between 0 and {MAX_PAGE}")
    after = str(request.after or 0)
    if not after.isdecimal():
        raise invalid(f"Invalid after '{after}': it must be a number")
    if int(after) + limit > MAX_RESULTS:
        raise invalid(f"The search API can only page through the first {MAX_RESULTS} results of a query")
    return limit, int(after)


def _any_group(records: Records, groups: Sequence[FilterGroup]) -> Test:
    if len(groups) > MAX_GROUPS:
        raise invalid(f"Too many filter groups: at most {MAX_GROUPS}")
    if any(len(group.filters) > MAX_FILTERS_A_GROUP for group in groups):
        raise invalid(f"Too many filters in a group: at most {MAX_FILTERS_A_GROUP}")
    if sum(len(group.filters) for group in groups) > MAX_FILTERS:
        raise invalid(f"Too many filters: at most {MAX_FILTERS}")
    if not groups:
        return _keep_all
    tests = [[_test(records, condition) for condition in group.filters] for group in groups]
    return lambda position: any(all(test(position) for test in group) for group in tests)


def _test(records: Records, condition: SearchFilter) -> Test:
    """A condition as a function of a record's position. A record without a value meets no comparison, NEQ neither."""
    name = condition.property_name
    if name not in records.property_names:
        raise invalid(f"There was a problem with the request: property '{name}' does not exist")
    column = records.index.column(name)
    kind = property_type(name)
    values = records.index.comparables(name)

    def comparison(holds: Callable[[Any], bool]) -> Test:
        def test(position: int) -> bool:
            value = values[position]
            return value is not None and holds(value)

        return test

    match condition.operator:
        case "HAS_PROPERTY":
            return lambda position: bool(column[position])
        case "NOT_HAS_PROPERTY":
            return lambda position: not column[position]
        case "IN" | "NOT_IN" as operator:
            chosen = {_operand(value, kind, condition) for value in condition.values or []}
            if not chosen:
                raise invalid(f"operator {operator} requires values")
            return comparison((lambda value: value in chosen) if operator == "IN" else (lambda v: v not in chosen))
        case "BETWEEN":
            low = _operand(condition.value, kind, condition)
            high = _operand(condition.high_value, kind, condition)
            return comparison(lambda value: low <= value <= high)
        case "CONTAINS_TOKEN" | "NOT_CONTAINS_TOKEN" as operator:
            pattern = _token_pattern(str(condition.value or ""))
            wanted = operator == "CONTAINS_TOKEN"
            return lambda position: bool(pattern.search(column[position] or "")) == wanted
        case operator if operator in _COMPARISONS:
            compare = _COMPARISONS[operator]
            operand = _operand(condition.value, kind, condition)
            return comparison(lambda value: compare(value, operand))
        case operator:
            raise invalid(f"Invalid operator '{operator}'")


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "EQ": lambda value, operand: value == operand,
    "NEQ": lambda value, operand: value != operand,
    "LT": lambda value, operand: value < operand,
    "LTE": lambda value, operand: value <= operand,
    "GT": lambda value, operand: value > operand,
    "GTE": lambda value, operand: value >= operand,
}


def _operand(value: object, kind: str, condition: SearchFilter) -> Any:
    operand = comparable(value, kind)
    if operand is None:
        raise invalid(
            f"There was a problem with the request: {condition.operator} on '{condition.property_name}' "
            f"needs a {kind} value, got {value!r}"
        )
    return operand


def _token_pattern(value: str) -> re.Pattern[str]:
    """A whole token, regardless of case; `*` stands for any part of one."""
    body = r"\S*".join(re.escape(part) for part in value.split("*"))
    before = "" if value.startswith("*") else r"(?<!\w)"
    after = "" if value.endswith("*") else r"(?!\w)"
    return re.compile(before + body + after, re.IGNORECASE)


def _contains_text(records: Records, query: str | None) -> Test:
    """Full-text search over the default properties."""
    if not query:
        return _keep_all
    columns = [records.index.column(name) for name in records.kind.default_properties]
    wanted = query.lower()
    return lambda position: any(wanted in (column[position] or "").lower() for column in columns)


def _sort(records: Records, positions: list[int], sorts: Sequence[Sort | str]) -> None:
    """Sort in place: by the property given, else oldest first; equal ones by id, those without a value last."""
    if len(sorts) > 1:
        raise invalid("Only one sort is supported")
    name, descending = records.kind.created_property, False
    for sort in sorts:
        if isinstance(sort, Sort):
            name, descending = sort.property_name, sort.direction.upper() == "DESCENDING"
        else:
            name, descending = sort.removeprefix("-"), sort.startswith("-")
    if name not in records.property_names:
        raise invalid(f"There was a problem with the request: property '{name}' does not exist")
    if name == "hs_object_id":
        positions.sort(key=lambda position: id_order(records.ids[position]), reverse=descending)
        return
    values: list[Any] = records.index.comparables(name)
    with_value = [position for position in positions if values[position] is not None]
    with_value.sort(key=values.__getitem__, reverse=descending)
    positions[:] = with_value + [position for position in positions if values[position] is None]
