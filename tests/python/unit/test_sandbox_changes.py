"""The stores behind the sandbox after changes: the same as if the files had been written that way."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.clock import Clock
from sandbox.hubspot_api.objects import OBJECT_TYPES
from sandbox.hubspot_api.search import SearchRequest, search
from sandbox.hubspot_api.store import Records
from sandbox.stripe_api.events import event_types, previous_attributes
from sandbox.stripe_api.store import Collection

CONTACTS = OBJECT_TYPES["contacts"]

steps = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.one_of(st.none(), st.integers(1, 4)), st.booleans()), max_size=25
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_changes_leave_a_collection_as_its_file_would_be(
    tmp_path: Path, steps: list[tuple[str, int | None, bool]]
) -> None:
    """Each step puts an object with a creation second, or takes it away (None), with or without a stub."""
    first = [{"id": name, "created": 2} for name in "abc"]
    path = tmp_path / "customers.ndjson"
    path.write_text("".join(json.dumps(each) + "\n" for each in first))
    collection = Collection(path)
    expected: dict[str, dict[str, Any]] = {each["id"]: each for each in first}
    # Of one second the object that came last stands first; replacing one leaves its place.
    order = ["c", "b", "a"]
    stubs: dict[str, bytes] = {}
    for number, (name, created, flag) in enumerate(steps):
        if created is not None:
            replaced = name in expected and expected[name]["created"] == created
            expected[name] = {"id": name, "created": created, "step": number}
            collection.put(name, created, json.dumps(expected[name]).encode())
            stubs.pop(name, None)
            if not replaced:
                order = [name, *(each for each in order if each != name)]
        elif name in expected:
            stub = b"stub" if flag else None
            collection.remove(name, stub)
            del expected[name]
            order.remove(name)
            if stub:
                stubs[name] = stub
    order.sort(key=lambda name: -expected[name]["created"])
    assert collection.ids == order
    assert collection.rank == {name: rank for rank, name in enumerate(order)}
    assert [json.loads(collection.read(rank)) for rank in range(len(collection))] == [expected[name] for name in order]
    assert [collection.created(rank) for rank in range(len(order))] == [expected[name]["created"] for name in order]
    assert collection.column("step") == [expected[name].get("step") for name in order]
    for name in "abcdef":
        assert (name in collection) == (name in expected or name in stubs)
        assert collection.is_deleted(name) == (name in stubs)


def contact(number: int, email: str, **more: Any) -> dict[str, Any]:
    properties = {"hs_object_id": str(number), "email": email, "lastmodifieddate": "2026-01-01T00:00:00.000Z"}
    return {"id": str(number), "properties": properties, **more}


def found(records: Records, email: str) -> list[str]:
    filters = [{"propertyName": "email", "operator": "EQ", "value": email}]
    body = {"filterGroups": [{"filters": filters}], "sorts": ["hs_object_id"]}
    page = search(records, msgspec.convert(body, SearchRequest))
    return [records.ids[position] for position in page.positions]


@pytest.fixture
def records(tmp_path: Path) -> Records:
    lines = [contact(number, f"{number}@x.example") for number in (10, 20, 30)]
    (tmp_path / "contacts.ndjson").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return Records(tmp_path, CONTACTS, Clock(datetime(2026, 2, 1, tzinfo=UTC)))


@pytest.mark.parametrize("number", [5, 15, 40])
def test_a_new_record_stands_where_its_id_belongs(records: Records, number: int) -> None:
    assert found(records, "20@x.example") == ["20"]
    records.put(contact(number, "new@x.example"))
    assert records.ids == sorted(records.ids, key=int)
    assert [records.read(position)["id"] for position in records.live] == records.ids
    assert found(records, "new@x.example") == [str(number)]
    assert found(records, "20@x.example") == ["20"]


def test_archived_and_merged_records_leave_the_lists(records: Records) -> None:
    records.put(contact(20, "20@x.example", archived=True))
    assert [records.ids[position] for position in records.archived] == ["20"]
    assert found(records, "20@x.example") == []
    records.remove("10")
    survivor = contact(40, "10@x.example")
    survivor["properties"]["hs_merged_object_ids"] = "10"
    records.put(survivor)
    position = records.find("10")
    assert position is not None
    assert records.ids[position] == "40"
    assert found(records, "10@x.example") == ["40"]


def test_a_search_sees_a_change_only_after_the_lag(records: Records) -> None:
    records.index.lag = timedelta(seconds=10)
    assert found(records, "10@x.example") == ["10"]
    records.put(contact(10, "second@x.example"))
    records.clock.advance(6)
    records.put(contact(10, "third@x.example"))
    records.put(contact(50, "new@x.example"))
    assert found(records, "10@x.example") == ["10"]
    assert found(records, "new@x.example") == []
    records.clock.advance(4)
    assert found(records, "second@x.example") == ["10"]
    assert found(records, "10@x.example") == found(records, "third@x.example") == []
    records.clock.advance(6)
    assert found(records, "third@x.example") == ["10"]
    assert found(records, "new@x.example") == ["50"]


@pytest.mark.parametrize(
    ("resource", "before", "after", "expected"),
    [
        ("customers", None, {}, ["customer.created"]),
        ("customers", {"name": "A"}, {"name": "B"}, ["customer.updated"]),
        ("subscriptions", {"status": "trialing"}, {"status": "active"}, ["customer.subscription.updated"]),
        ("subscriptions", {"status": "active"}, {"status": "canceled"}, ["customer.subscription.deleted"]),
        ("invoices", {"status": "draft"}, {"status": "open"}, ["invoice.updated", "invoice.finalized"]),
        ("invoices", {"status": "paid"}, {"status": "paid", "metadata": {}}, ["invoice.updated"]),
        ("invoiceitems", {"amount": 1}, {"amount": 2}, []),
        ("balance_transactions", None, {}, []),
    ],
)
def test_which_events_a_change_sets_off(
    resource: str, before: dict[str, Any] | None, after: dict[str, Any], expected: list[str]
) -> None:
    assert event_types(resource, before, after) == expected


def test_previous_attributes_name_only_what_changed() -> None:
    before = {"a": 1, "same": [1], "list": [1], "hash": {"x": 1, "y": 2}, "items": {"object": "list", "data": [1]}}
    after = {
        "a": 2,
        "same": [1],
        "list": [2],
        "hash": {"x": 1, "y": 3},
        "items": {"object": "list", "data": [2]},
        "new": 1,
    }
    assert previous_attributes(before, after) == {
        "a": 1,
        "list": [1],
        "hash": {"y": 2},
        "items": {"object": "list", "data": [1]},
        "new": None,
    }
