"""HubSpot search: filters, sorts, pages and the limits of the real API."""

import json
from typing import Any

import msgspec
import pytest

from sandbox.hubspot_api.errors import HubSpotError
from sandbox.hubspot_api.objects import OBJECT_TYPES
from sandbox.hubspot_api.search import MAX_RESULTS, SearchRequest, search
from sandbox.hubspot_api.store import Records

DEALS = [
    {"id": "9", "dealname": "Big Fish", "amount": "1000.50", "createdate": "2025-01-03T00:00:00.000Z"},
    {"id": "10", "dealname": "small fish", "amount": "200", "createdate": "2025-01-02T00:00:00.000Z"},
    {"id": "11", "dealname": "Whale", "amount": None, "createdate": "2025-01-01T00:00:00.000Z"},
    {"id": "12", "dealname": "Gone fishing", "amount": "30", "createdate": "2025-01-04T00:00:00.000Z"},
]
JANUARY_2ND = "1735776000000"


@pytest.fixture(scope="module")
def deals(tmp_path_factory: pytest.TempPathFactory) -> Records:
    folder = tmp_path_factory.mktemp("hubspot")
    lines = [{"id": deal["id"], "properties": {"hs_object_id": deal["id"], **deal}} for deal in DEALS]
    lines.append({"id": "13", "archived": True, "properties": {"hs_object_id": "13", "dealname": "Archived fish"}})
    (folder / "deals.ndjson").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return Records(folder, OBJECT_TYPES["deals"])


def run(deals: Records, **body: Any) -> list[str]:
    page = search(deals, msgspec.convert(body, SearchRequest))
    return [deals.ids[position] for position in page.positions]


def where(property_name: str, operator: str, **operands: Any) -> dict[str, Any]:
    return {"propertyName": property_name, "operator": operator, **operands}


def matching(deals: Records, *conditions: dict[str, Any]) -> set[str]:
    return set(run(deals, filterGroups=[{"filters": list(conditions)}]))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (where("dealname", "EQ", value="big fish"), {"9"}),
        (where("dealname", "NEQ", value="whale"), {"9", "10", "12"}),
        (where("amount", "GT", value="200"), {"9"}),
        (where("amount", "GTE", value="200"), {"9", "10"}),
        (where("amount", "LT", value=200), {"12"}),
        (where("amount", "LTE", value="200.0"), {"10", "12"}),
        (where("amount", "NEQ", value="200"), {"9", "12"}),
        (where("amount", "BETWEEN", value="30", highValue="200"), {"10", "12"}),
        (where("amount", "HAS_PROPERTY"), {"9", "10", "12"}),
        (where("amount", "NOT_HAS_PROPERTY"), {"11"}),
        (where("hs_object_id", "IN", values=["9", "12", "77"]), {"9", "12"}),
        (where("hs_object_id", "NOT_IN", values=["9", "12"]), {"10", "11"}),
        (where("hs_object_id", "GT", value="9"), {"10", "11", "12"}),
        (where("createdate", "GTE", value=JANUARY_2ND), {"9", "10", "12"}),
        (where("createdate", "LT", value="2025-01-02T00:00:00Z"), {"11"}),
        (where("createdate", "EQ", value="2025-01-02T01:00:00+01:00"), {"10"}),
        (where("dealname", "CONTAINS_TOKEN", value="fish"), {"9", "10"}),
        (where("dealname", "CONTAINS_TOKEN", value="fish*"), {"9", "10", "12"}),
        (where("dealname", "NOT_CONTAINS_TOKEN", value="fish"), {"11", "12"}),
    ],
)
def test_operators(deals: Records, condition: dict[str, Any], expected: set[str]) -> None:
    assert matching(deals, condition) == expected


def test_filters_of_a_group_all_hold_and_one_group_is_enough(deals: Records) -> None:
    dear = where("amount", "GT", value="100")
    fish = where("dealname", "CONTAINS_TOKEN", value="small")
    assert matching(deals, dear, fish) == {"10"}
    groups = [{"filters": [dear, fish]}, {"filters": [where("dealname", "EQ", value="Whale")]}]
    assert set(run(deals, filterGroups=groups)) == {"10", "11"}


def test_archived_records_are_never_found(deals: Records) -> None:
    assert "13" not in run(deals)
    assert run(deals, query="archived") == []


def test_query_looks_into_the_default_properties(deals: Records) -> None:
    assert set(run(deals, query="FISH")) == {"9", "10", "12"}


@pytest.mark.parametrize(
    ("sorts", "expected"),
    [
        ([], ["11", "10", "9", "12"]),
        ([{"propertyName": "amount", "direction": "ASCENDING"}], ["12", "10", "9", "11"]),
        ([{"propertyName": "amount", "direction": "DESCENDING"}], ["9", "10", "12", "11"]),
        (["hs_object_id"], ["9", "10", "11", "12"]),
        (["-hs_object_id"], ["12", "11", "10", "9"]),
    ],
)
def test_sorts(deals: Records, sorts: list[Any], expected: list[str]) -> None:
    assert run(deals, sorts=sorts) == expected


def test_pages(deals: Records) -> None:
    request = {"sorts": ["hs_object_id"], "limit": 3}
    first = search(deals, msgspec.convert(request, SearchRequest))
    assert (first.total, first.next_after) == (4, 3)
    second = search(deals, msgspec.convert({**request, "after": str(first.next_after)}, SearchRequest))
    assert [deals.ids[position] for position in second.positions] == ["12"]
    assert second.next_after is None


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 201},
        {"after": "soon"},
        {"limit": 200, "after": str(MAX_RESULTS)},
        {"limit": 200, "after": str(MAX_RESULTS - 199)},
        {"filterGroups": [{"filters": []}] * 6},
        {"filterGroups": [{"filters": [where("amount", "HAS_PROPERTY")] * 7}]},
        {"filterGroups": [{"filters": [where("amount", "HAS_PROPERTY")] * 6}] * 4},
        {"filterGroups": [{"filters": [where("amount", "ABOUT", value="3")]}]},
        {"filterGroups": [{"filters": [where("amount", "GT", value="much")]}]},
        {"filterGroups": [{"filters": [where("amount", "GT")]}]},
        {"filterGroups": [{"filters": [where("amount", "IN", values=[])]}]},
        {"filterGroups": [{"filters": [where("nothing", "HAS_PROPERTY")]}]},
        {"sorts": ["nothing"]},
        {"sorts": ["amount", "dealname"]},
    ],
)
def test_refused_searches(deals: Records, body: dict[str, Any]) -> None:
    with pytest.raises(HubSpotError) as refused:
        run(deals, **body)
    assert (refused.value.status, refused.value.category) == (400, "VALIDATION_ERROR")


def test_the_last_page_within_the_cap_is_served(deals: Records) -> None:
    assert run(deals, limit=200, after=str(MAX_RESULTS - 200)) == []
