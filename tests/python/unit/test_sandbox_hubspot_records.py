"""HubSpot records: their order, archived and merged ones, the properties that go out, associations from both sides."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.hubspot_api.associations import PAGE, Associations, BatchInput, BatchRequest
from sandbox.hubspot_api.objects import OBJECT_TYPES
from sandbox.hubspot_api.records import project, selection
from sandbox.hubspot_api.store import Records
from sandbox.ndjson import DataError

CONTACTS, COMPANIES = OBJECT_TYPES["contacts"], OBJECT_TYPES["companies"]


def contact(record_id: str, *, archived: bool = False, **properties: str | None) -> dict[str, Any]:
    return {
        "id": record_id,
        "properties": {"hs_object_id": record_id, "email": f"{record_id}@x.example", **properties},
        "propertiesWithHistory": {"lifecyclestage": [{"value": "lead", "timestamp": "2025-01-01T00:00:00Z"}]},
        "createdAt": "2025-01-01T00:00:00Z",
        "updatedAt": "2025-01-02T00:00:00Z",
        "archived": archived,
    }


def records(folder: Path, *contacts: dict[str, Any]) -> Records:
    (folder / "contacts.ndjson").write_text("".join(json.dumps(each) + "\n" for each in contacts))
    return Records(folder, CONTACTS)


def id_of(found: Records, record_id: str, *, archived: bool = False) -> str | None:
    position = found.find(record_id, archived=archived)
    return None if position is None else found.ids[position]


def test_records_ascend_by_number_and_the_archived_ones_stand_apart(tmp_path: Path) -> None:
    found = records(tmp_path, contact("100"), contact("9"), contact("20", archived=True), contact("30"))
    assert [found.ids[position] for position in found.live] == ["9", "30", "100"]
    assert [found.ids[position] for position in found.archived] == ["20"]
    assert id_of(found, "20") is None
    assert id_of(found, "20", archived=True) == "20"
    assert id_of(found, "9", archived=True) is None


def test_a_cursor_need_not_be_an_id_that_is_still_there(tmp_path: Path) -> None:
    found = records(tmp_path, contact("10"), contact("20", archived=True), contact("30"))
    assert [found.after(cursor, archived=False) for cursor in ("0", "10", "20", "30", "99")] == [0, 1, 1, 2, 2]


def test_an_id_merged_away_leads_to_the_survivor(tmp_path: Path) -> None:
    found = records(
        tmp_path,
        contact("1", archived=True),
        contact("3", archived=True, hs_merged_object_ids="1;2"),
        contact("4", hs_merged_object_ids="3"),
        contact("5", archived=True),
    )
    assert [id_of(found, record_id) for record_id in ("1", "2", "3", "4", "5", "6")] == ["4", "4", "4", "4", None, None]


def test_merges_that_go_round_in_circles_end(tmp_path: Path) -> None:
    found = records(
        tmp_path,
        contact("1", archived=True, hs_merged_object_ids="2"),
        contact("2", archived=True, hs_merged_object_ids="1"),
    )
    assert id_of(found, "1") is None


def test_an_id_given_twice_is_the_later_line(tmp_path: Path) -> None:
    found = records(tmp_path, contact("1", email="old@x.example"), contact("1", email="new@x.example"))
    assert len(found.ids) == 1
    assert found.index.column("email") == ["new@x.example"]


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "contacts.ndjson").write_text('{"id":"1","properties":{}}\n{"id":"2"}\n')
    with pytest.raises(DataError, match=r"contacts\.ndjson, line 2"):
        Records(tmp_path, CONTACTS)


def test_which_properties_go_out(tmp_path: Path) -> None:
    found = records(tmp_path, contact("1", lifecyclestage="lead", createdate="c", lastmodifieddate="m", phone=None))
    stored = found.read(0)
    assert project(stored, selection(found, ()))["properties"] == {
        "createdate": "c",
        "email": "1@x.example",
        "firstname": None,
        "hs_object_id": "1",
        "lastmodifieddate": "m",
        "lastname": None,
    }
    assert project(stored, selection(found, ["phone", "unheard_of"]))["properties"] == {
        "createdate": "c",
        "hs_object_id": "1",
        "lastmodifieddate": "m",
        "phone": None,
    }
    assert "propertiesWithHistory" not in project(stored, selection(found, ()))


def test_history_comes_with_the_value_and_is_empty_where_there_is_none(tmp_path: Path) -> None:
    found = records(tmp_path, contact("1", lifecyclestage="lead"))
    shown = project(found.read(0), selection(found, (), ["lifecyclestage", "email"]))
    assert shown["properties"]["lifecyclestage"] == "lead"
    assert shown["propertiesWithHistory"] == {
        "lifecyclestage": [{"value": "lead", "timestamp": "2025-01-01T00:00:00Z"}],
        "email": [],
    }


def test_an_archived_record_says_when(tmp_path: Path) -> None:
    found = records(tmp_path, contact("1", archived=True))
    shown = project(found.read(0), selection(found, ()))
    assert (shown["archived"], shown["archivedAt"]) == (True, "2025-01-02T00:00:00Z")


def links(folder: Path, *pairs: tuple[str, str]) -> Associations:
    kinds = [
        {"category": "HUBSPOT_DEFINED", "typeId": 1, "label": "Primary"},
        {"category": "HUBSPOT_DEFINED", "typeId": 279, "label": None},
        {"category": "USER_DEFINED", "typeId": 77, "label": "Buyer"},
    ]
    lines = [json.dumps({"from": source, "to": target, "types": kinds}) + "\n" for source, target in pairs]
    (folder / "associations_contacts_companies.ndjson").write_text("".join(lines))
    return Associations(folder)


def test_associations_can_be_read_from_both_sides(tmp_path: Path) -> None:
    found = links(tmp_path, ("1", "20"), ("1", "3"), ("2", "20"))
    assert [other for other, _ in found.of(CONTACTS, "1", COMPANIES)] == ["3", "20"]
    assert [other for other, _ in found.of(COMPANIES, "20", CONTACTS)] == ["1", "2"]
    (_, kinds), *_ = found.of(COMPANIES, "20", CONTACTS)
    assert [(kind.type_id, kind.label) for kind in kinds] == [(2, "Primary"), (280, None), (77, "Buyer")]


def test_objects_without_links_are_errors_of_the_batch(tmp_path: Path) -> None:
    results, errors = links(tmp_path, ("1", "20")).batch(
        CONTACTS, COMPANIES, BatchRequest([BatchInput("1"), BatchInput("8")])
    )
    assert [result["from"]["id"] for result in results] == ["1"]
    assert [error["context"]["fromObjectId"] for error in errors] == [["8"]]


def test_many_links_come_in_pages(tmp_path: Path) -> None:
    found = links(tmp_path, *(("1", str(number)) for number in range(1, PAGE + 3)))
    (first,), _ = found.batch(CONTACTS, COMPANIES, BatchRequest([BatchInput("1")]))
    assert len(first["to"]) == PAGE
    cursor = first["paging"]["next"]["after"]
    (second,), _ = found.batch(CONTACTS, COMPANIES, BatchRequest([BatchInput("1", cursor)]))
    assert [link["toObjectId"] for link in second["to"]] == [PAGE + 1, PAGE + 2]
    assert "paging" not in second
