"""The real HubSpot client against a running sandbox: nothing but the base address differs from the real account."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from hubspot import HubSpot
from hubspot.crm.associations.v4.models import BatchInputPublicFetchAssociationsBatchRequest
from hubspot.crm.contacts import BatchReadInputSimplePublicObjectId as ContactsBatch
from hubspot.crm.contacts import PublicObjectSearchRequest
from hubspot.crm.contacts.exceptions import ApiException as ContactsError
from hubspot.crm.owners.exceptions import ApiException as OwnersError


def client(address: str, token: str = "pat-sandbox") -> Any:
    return HubSpot(access_token=token, host=address, base_url=address)


@pytest.fixture(scope="module")
def api(scenarios_server: str) -> Any:
    return client(scenarios_server)


@pytest.fixture(scope="module")
def contacts(scenarios_dir: Path) -> list[dict[str, Any]]:
    return stored(scenarios_dir, "contacts")


def stored(scenarios_dir: Path, resource: str) -> list[dict[str, Any]]:
    lines = (scenarios_dir / "hubspot" / f"{resource}.ndjson").read_text().splitlines()
    return [json.loads(line) for line in lines]


def envelope(error: Any) -> dict[str, Any]:
    """The body of a refusal."""
    return json.loads(error.body)


def live(objects: list[dict[str, Any]]) -> set[str]:
    return {each["id"] for each in objects if not each["archived"]}


def test_pages_give_every_live_contact_once(api: Any, contacts: list[dict[str, Any]]) -> None:
    basic, after, seen = api.crm.contacts.basic_api, None, []
    while True:
        page = basic.get_page(limit=7, after=after, properties=["email", "lifecyclestage"])
        seen += page.results
        if page.paging is None:
            break
        after = page.paging.next.after
    assert len(seen) == len({contact.id for contact in seen})
    by_id = {each["id"]: each for each in contacts}
    assert {contact.id for contact in seen} == live(contacts)
    for contact in seen:
        assert set(contact.properties) == {"email", "lifecyclestage", "createdate", "lastmodifieddate", "hs_object_id"}
        assert contact.properties["email"] == by_id[contact.id]["properties"]["email"]
        assert contact.created_at.isoformat() == by_id[contact.id]["createdAt"].replace(".000Z", "+00:00")


def test_archived_ones_have_a_list_of_their_own(api: Any, scenarios_dir: Path) -> None:
    for resource in ("contacts", "companies", "deals"):
        page = getattr(api.crm, resource).basic_api.get_page(limit=100, archived=True)
        everything = stored(scenarios_dir, resource)
        assert {each.id for each in page.results} == {each["id"] for each in everything} - live(everything)
        assert all(each.archived for each in page.results)


def test_property_history(api: Any, contacts: list[dict[str, Any]]) -> None:
    page = api.crm.contacts.basic_api.get_page(limit=50, properties_with_history=["lifecyclestage"])
    by_id = {each["id"]: each for each in contacts}
    for contact in page.results:
        history = contact.properties_with_history["lifecyclestage"]
        assert [(version.value, version.source_type) for version in history] == [
            (version["value"], version["sourceType"])
            for version in by_id[contact.id]["propertiesWithHistory"].get("lifecyclestage", [])
        ]
    with pytest.raises(ContactsError) as refused:
        api.crm.contacts.basic_api.get_page(limit=51, properties_with_history=["lifecyclestage"])
    assert refused.value.status == 400


def test_search_pages_by_id(api: Any, contacts: list[dict[str, Any]]) -> None:
    after, seen, total = None, [], None
    while True:
        request = PublicObjectSearchRequest(
            filter_groups=[
                {"filters": [{"propertyName": "lastmodifieddate", "operator": "GTE", "value": "1735689600000"}]}
            ],
            sorts=[{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
            properties=["hs_object_id"],
            limit=8,
            after=after,
        )
        page = api.crm.contacts.search_api.do_search(request)
        seen += [contact.id for contact in page.results]
        total = page.total
        if page.paging is None:
            break
        after = page.paging.next.after
    assert seen == sorted(live(contacts), key=int)
    assert total == len(seen)


def test_search_beyond_ten_thousand_is_refused(api: Any) -> None:
    request = PublicObjectSearchRequest(filter_groups=[], sorts=[], properties=[], limit=200, after="10000")
    with pytest.raises(ContactsError) as refused:
        api.crm.contacts.search_api.do_search(request)
    assert refused.value.status == 400
    assert envelope(refused.value)["category"] == "VALIDATION_ERROR"


def test_batch_read_names_what_is_missing(api: Any, contacts: list[dict[str, Any]]) -> None:
    wanted = sorted(live(contacts))[:3]
    request = ContactsBatch(
        inputs=[{"id": each} for each in [*wanted, "1"]],
        properties=["email"],
        properties_with_history=["lifecyclestage"],
    )
    response = api.crm.contacts.batch_api.read(request, _preload_content=False)
    body = json.loads(response.data)
    assert response.status == 207
    assert [each["id"] for each in body["results"]] == wanted
    assert (body["numErrors"], body["errors"][0]["context"]["ids"]) == (1, ["1"])
    everything = api.crm.contacts.batch_api.read(
        ContactsBatch(inputs=[{"id": each} for each in wanted], properties=["email"], properties_with_history=[])
    )
    assert (everything.status, [each.id for each in everything.results]) == ("COMPLETE", wanted)


@pytest.mark.parametrize(("inputs", "history"), [(0, []), (101, []), (51, ["lifecyclestage"])])
def test_batches_of_the_wrong_size_are_refused(api: Any, inputs: int, history: list[str]) -> None:
    request = ContactsBatch(
        inputs=[{"id": str(n)} for n in range(inputs)], properties=[], properties_with_history=history
    )
    with pytest.raises(ContactsError) as refused:
        api.crm.contacts.batch_api.read(request)
    assert refused.value.status == 400


def test_an_id_merged_away_gives_the_survivor(api: Any, contacts: list[dict[str, Any]]) -> None:
    old, survivor = next(
        (merged, contact["id"])
        for contact in contacts
        for merged in (contact["properties"].get("hs_merged_object_ids") or "").split(";")
        if merged and not contact["archived"]
    )
    assert api.crm.contacts.basic_api.get_by_id(old).id == survivor
    batch = ContactsBatch(inputs=[{"id": old}], properties=["email"], properties_with_history=[])
    assert [each.id for each in api.crm.contacts.batch_api.read(batch).results] == [survivor]


def test_associations_batch(api: Any, scenarios_dir: Path) -> None:
    lines = stored(scenarios_dir, "associations_contacts_companies")
    sources = sorted({line["from"] for line in lines})
    request = BatchInputPublicFetchAssociationsBatchRequest(inputs=[{"id": each} for each in sources])
    response = api.crm.associations.v4.batch_api.get_page("contacts", "companies", request)
    found = {
        (result._from.id, str(link.to_object_id), kind.category, kind.type_id, kind.label)
        for result in response.results
        for link in result.to
        for kind in link.association_types
    }
    assert found == {
        (line["from"], line["to"], kind["category"], kind["typeId"], kind["label"])
        for line in lines
        for kind in line["types"]
    }


def test_owners_pipelines_and_lifecycle_stages(api: Any, scenarios_dir: Path) -> None:
    owners = stored(scenarios_dir, "owners")
    assert {owner.id for owner in api.crm.owners.owners_api.get_page(limit=1).results} < live(owners)
    assert {owner.id for owner in api.crm.owners.owners_api.get_page().results} == live(owners)
    archived = api.crm.owners.owners_api.get_page(archived=True).results
    assert {owner.id for owner in archived} == {owner["id"] for owner in owners} - live(owners)
    pipelines = api.crm.pipelines.pipelines_api.get_all("deals").results
    assert [
        (pipeline.id, [(stage.id, stage.metadata["probability"]) for stage in pipeline.stages])
        for pipeline in pipelines
    ] == [
        (pipeline["id"], [(stage["id"], stage["metadata"]["probability"]) for stage in pipeline["stages"]])
        for pipeline in stored(scenarios_dir, "deal_pipelines")
    ]
    stages = api.crm.properties.core_api.get_by_name("contacts", "lifecyclestage").options
    assert [stage.value for stage in stages] == [each["value"] for each in stored(scenarios_dir, "lifecycle_stages")]
    names = {each.name for each in api.crm.properties.core_api.get_all("deals").results}
    assert {"dealstage", "amount", "closedate", "pipeline"} <= names


def test_a_wrong_token_and_unknown_things(scenarios_server: str, api: Any) -> None:
    with pytest.raises(OwnersError) as refused:
        client(scenarios_server, "wrong").crm.owners.owners_api.get_page()
    assert refused.value.status == 401
    assert envelope(refused.value)["category"] == "INVALID_AUTHENTICATION"
    with pytest.raises(ContactsError) as missing:
        api.crm.contacts.basic_api.get_by_id("1")
    error = envelope(missing.value)
    assert (missing.value.status, error["status"], error["category"]) == (404, "error", "OBJECT_NOT_FOUND")
    assert error["correlationId"]


@pytest.mark.parametrize(
    ("numbered", "dated", "body"),
    [
        (
            "/crm/v3/objects/deals?limit=3&properties=amount",
            "/crm/objects/2026-09/deals?limit=3&properties=amount",
            None,
        ),
        ("/crm/v3/owners", "/crm/owners/2026-09", None),
        ("/crm/v3/pipelines/deals", "/crm/pipelines/2026-09/deals", None),
        ("/crm/v3/properties/contacts", "/crm/properties/2026-09/contacts", None),
        ("/crm/v3/objects/contacts/search", "/crm/objects/2026-09/contacts/search", {"limit": 2}),
        ("/crm/v3/objects/0-1/search", "/crm/objects/2026-09/contact/search", {"limit": 2}),
    ],
)
def test_the_dated_paths_answer_like_the_numbered_ones(
    scenarios_server: str, numbered: str, dated: str, body: dict[str, Any] | None
) -> None:
    def answer(path: str) -> Any:
        request = urllib.request.Request(
            scenarios_server + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": "Bearer pat-sandbox", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=5) as response:
            return json.load(response)

    first, second = answer(numbered), answer(dated)
    assert first["results"] == second["results"]
    assert first["results"]


def test_a_body_that_is_not_json_is_refused(scenarios_server: str) -> None:
    request = urllib.request.Request(
        f"{scenarios_server}/crm/v3/objects/contacts/search",
        data=b"{",
        headers={"Authorization": "Bearer pat-sandbox"},
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=5)
    assert refused.value.code == 400
    assert json.load(refused.value)["category"] == "VALIDATION_ERROR"
