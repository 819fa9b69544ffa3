"""Which objects changed: ids from HubSpot's search, which pages badly, in a way that loses none.

A search is cut at 10,000 results and pages by offset, so a record that leaves the result while one pages (because it
changed again) would push its neighbour out of sight. So every page asks anew for ids above the last one seen, in a
fixed window of modified times. Sliding on time would not do: a bulk edit gives any number of records one millisecond.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from orchestration.hubspot.answers import parse_id
from orchestration.hubspot.client import SAME_PAGE_LIMIT, HubSpotClient
from orchestration.settings import UserError

PAGE_SIZE = 200  # the API's maximum of a search


@dataclass(frozen=True, slots=True)
class Window:
    """Records of a type whose property `modified` lies between two times, both included, in ms since 1970."""

    object_type: str
    modified: str
    since: int
    until: int


def changed_ids(client: HubSpotClient, window: Window, after: int = 0) -> Iterator[list[str]]:
    """The ids above `after` of the records changed in the window, ascending, in lists of up to a page."""
    last, standstill = after, 0
    while True:
        page = client.post("search", _body(window, last), object_type=window.object_type)
        # A page may come again or in disorder; what counts is which ids are new.
        fresh = sorted({identifier for raw in page.results if (identifier := _id(raw)) > last})
        if fresh:
            yield [str(identifier) for identifier in fresh]
            last, standstill = fresh[-1], 0
        # A short page, even an empty one, may have a next one: only the cursor tells.
        if page.after is None:
            return
        if not fresh:
            standstill += 1
            if standstill > SAME_PAGE_LIMIT:
                raise UserError(f"HubSpot's search for {window.object_type} does not get past {last}; run again")


def _body(window: Window, last: int) -> dict[str, Any]:
    filters = [
        {"propertyName": window.modified, "operator": "GTE", "value": str(window.since)},
        {"propertyName": window.modified, "operator": "LTE", "value": str(window.until)},
        {"propertyName": "hs_object_id", "operator": "GT", "value": str(last)},
    ]
    return {
        "filterGroups": [{"filters": filters}],
        "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
        "properties": ["hs_object_id"],
        "limit": PAGE_SIZE,
    }


def _id(raw: msgspec.Raw) -> int:
    """The id as the number that it is; 0, which is never new, for what has none."""
    try:
        return int(parse_id(raw))
    except ValueError:
        return 0
