"""A living account, moved by the control API and read by the real SDKs."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stripe
from hubspot import HubSpot
from hubspot.crm.contacts import PublicObjectSearchRequest
from hubspot.crm.contacts.exceptions import ApiException as ContactsError

from tests.python.conftest import StartSandbox

DAY = 86_400
NOW = "2026-03-01T00:00:00Z"
NOW_SECONDS = 1_772_323_200

Control = Callable[..., Any]


def lines(*objects: dict[str, Any]) -> str:
    return "".join(json.dumps(each) + "\n" for each in objects)


@pytest.fixture
def address(tmp_path: Path, sandbox_server: StartSandbox) -> str:
    for vendor in ("stripe", "hubspot"):
        (tmp_path / vendor).mkdir()
    made = {"livemode": True, "metadata": {}}
    (tmp_path / "stripe" / "customers.ndjson").write_text(
        lines(*({"id": f"cus_{n}", "object": "customer", "created": n, "name": "A", **made} for n in (1, 2)))
    )
    (tmp_path / "stripe" / "subscriptions.ndjson").write_text(
        lines({"id": "sub_1", "object": "subscription", "created": 5, "customer": "cus_1", "status": "active", **made})
    )
    (tmp_path / "hubspot" / "contacts.ndjson").write_text(
        lines(
            *(
                {
                    "id": str(n),
                    "properties": {"hs_object_id": str(n), "email": f"{n}@x.example", "lastmodifieddate": NOW},
                    "createdAt": NOW,
                    "updatedAt": NOW,
                    "archived": False,
                }
                for n in (101, 102, 103)
            )
        )
    )
    return sandbox_server(tmp_path, "--now", NOW)


@pytest.fixture
def control(address: str) -> Control:
    def call(method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{address}/_sandbox{path}", data=data, method=method)
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)

    return call


@pytest.fixture
def stripe_api(address: str) -> stripe.StripeClient:
    return stripe.StripeClient("rk_test_1", base_addresses={"api": address}, max_network_retries=0)


@pytest.fixture
def contacts(address: str) -> Any:
    return HubSpot(access_token="pat", host=address, base_url=address).crm.contacts


def search(contacts: Any, **filters: str) -> list[str]:
    conditions = [{"propertyName": name, "operator": "EQ", "value": value} for name, value in filters.items()]
    request = PublicObjectSearchRequest(filter_groups=[{"filters": conditions}], sorts=[], properties=[], limit=100)
    return [each.id for each in contacts.search_api.do_search(request).results]


def test_a_change_writes_the_event_with_what_was_before(control: Control, stripe_api: stripe.StripeClient) -> None:
    change = {"id": "cus_1", "name": "B", "metadata": {"plan": "x"}}
    written = control("POST", "/stripe/customers", change)["events"]
    assert control("POST", "/stripe/customers", change)["events"] == []  # nothing changed, nothing to tell
    (event,) = stripe_api.v1.events.list({"types": ["customer.updated"]}).data
    assert [event.id] == written
    assert event.created == NOW_SECONDS
    assert event.data.to_dict()["previous_attributes"] == {"name": "A", "metadata": {}}
    assert event.data.to_dict()["object"]["name"] == stripe_api.v1.customers.retrieve("cus_1").name == "B"


def test_new_objects_are_listed_first(control: Control, stripe_api: stripe.StripeClient) -> None:
    control("POST", "/stripe/customers", [{"id": "cus_8"}, {"id": "cus_9"}])
    assert [each.id for each in stripe_api.v1.customers.list().data] == ["cus_9", "cus_8", "cus_2", "cus_1"]
    assert [event.type for event in stripe_api.v1.events.list().data] == ["customer.created"] * 2
    assert stripe_api.v1.customers.retrieve("cus_9").created == NOW_SECONDS


def test_deleting(control: Control, stripe_api: stripe.StripeClient) -> None:
    control("DELETE", "/stripe/customers/cus_2")
    assert [each.id for each in stripe_api.v1.customers.list().data] == ["cus_1"]
    assert stripe_api.v1.customers.retrieve("cus_2").to_dict() == {
        "id": "cus_2",
        "object": "customer",
        "deleted": True,
    }
    control("DELETE", "/stripe/subscriptions/sub_1")
    cancelled = stripe_api.v1.subscriptions.retrieve("sub_1")
    assert (cancelled.status, cancelled.ended_at) == ("canceled", NOW_SECONDS)
    assert [event.type for event in stripe_api.v1.events.list().data] == [
        "customer.subscription.deleted",
        "customer.deleted",
    ]
    control("POST", "/stripe/products", {"id": "prod_1"})
    control("DELETE", "/stripe/products/prod_1")
    with pytest.raises(stripe.InvalidRequestError):
        stripe_api.v1.products.retrieve("prod_1")


def test_what_stays_for_ever(control: Control, stripe_api: stripe.StripeClient) -> None:
    control("POST", "/stripe/invoices", [{"id": "in_1", "status": "draft"}, {"id": "in_2", "status": "open"}])
    control("POST", "/stripe/tax_rates", {"id": "txr_1"})
    control("DELETE", "/stripe/invoices/in_1")
    for path in ("/stripe/invoices/in_2", "/stripe/tax_rates/txr_1"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            control("DELETE", path)
        assert refused.value.code == 400
    assert [each.id for each in stripe_api.v1.invoices.list().data] == ["in_2"]


def test_events_vanish_after_thirty_days(control: Control, stripe_api: stripe.StripeClient) -> None:
    control("POST", "/stripe/customers", {"id": "cus_1", "name": "B"})
    control("POST", "/clock/advance", {"seconds": 30 * DAY})
    (event,) = stripe_api.v1.events.list().data
    control("POST", "/clock/advance", {"seconds": 1})
    assert stripe_api.v1.events.list().data == []
    with pytest.raises(stripe.InvalidRequestError):
        stripe_api.v1.events.retrieve(event.id)


def test_lists_know_nothing_of_the_future(address: str, control: Control, stripe_api: stripe.StripeClient) -> None:
    control("POST", "/stripe/customers", {"id": "cus_later", "created": NOW_SECONDS + 5})
    assert len(stripe_api.v1.customers.list().data) == 2
    assert control("POST", "/clock/advance", {"seconds": 5}) == {"now": "2026-03-01T00:00:05.000Z", "set": True}
    assert stripe_api.v1.customers.list().data[0].id == "cus_later"
    request = urllib.request.Request(f"{address}/v1/customers", headers={"Authorization": "Bearer rk_1"})
    with urllib.request.urlopen(request, timeout=5) as response:
        assert response.headers.get_all("Date") == ["Sun, 01 Mar 2026 00:00:05 GMT"]


def test_a_contact_changes(control: Control, contacts: Any) -> None:
    control("POST", "/clock/advance", {"seconds": 60})
    control(
        "POST", "/hubspot/contacts", {"id": "101", "properties": {"lifecyclestage": "lead", "email": "n@x.example"}}
    )
    found = contacts.basic_api.get_by_id("101", properties_with_history=["lifecyclestage"])
    assert found.properties["lastmodifieddate"] == "2026-03-01T00:01:00.000Z"
    assert [each.value for each in found.properties_with_history["lifecyclestage"]] == ["lead"]
    assert search(contacts, email="n@x.example") == ["101"]
    control("POST", "/hubspot/contacts?silent=true", {"id": "102", "properties": {"score": 5}})
    assert contacts.basic_api.get_by_id("102").properties["lastmodifieddate"] == NOW
    assert control("POST", "/hubspot/contacts", {"properties": {"email": "new@x.example"}})["ids"] == ["104"]
    assert search(contacts, email="new@x.example") == ["104"]


def test_archiving_leaves_the_modified_time_alone(control: Control, contacts: Any) -> None:
    control("POST", "/clock/advance", {"seconds": 60})
    control("DELETE", "/hubspot/contacts/102")
    (gone,) = contacts.basic_api.get_page(archived=True).results
    assert (gone.id, gone.properties["lastmodifieddate"]) == ("102", NOW)
    assert gone.archived_at.minute == 1
    with pytest.raises(ContactsError):
        contacts.basic_api.get_by_id("102")


def test_merges_are_followed_through(address: str, control: Control, contacts: Any) -> None:
    types = [{"category": "HUBSPOT_DEFINED", "typeId": 1, "label": "Primary"}]
    control("PUT", "/hubspot/associations/contacts/companies", {"from": "102", "to": "7", "types": types})
    first = control("POST", "/hubspot/contacts/merge", {"primary": "101", "merged": "102"})["id"]
    second = control("POST", "/hubspot/contacts/merge", {"primary": first, "merged": "103"})["id"]
    assert (first, second) == ("104", "105")
    page = contacts.basic_api.get_page(properties=["hs_merged_object_ids", "email"])
    assert [(each.id, each.properties["hs_merged_object_ids"]) for each in page.results] == [("105", "104;103")]
    assert page.results[0].properties["email"] == "101@x.example"
    for old in ("101", "102", "103", "104"):
        assert contacts.basic_api.get_by_id(old).id == "105"
    body = json.dumps({"inputs": [{"id": "105"}, {"id": "102"}]}).encode()
    request = urllib.request.Request(
        f"{address}/crm/v4/associations/contacts/companies/batch/read",
        data=body,
        headers={"Authorization": "Bearer pat"},
    )
    with urllib.request.urlopen(request, timeout=5) as response:
        results = json.load(response)["results"]
    assert [(each["from"]["id"], each["to"][0]["toObjectId"]) for each in results] == [("105", 7)]


def test_more_than_ten_thousand_share_a_millisecond(control: Control, contacts: Any) -> None:
    people = [{"id": str(n), "properties": {"email": f"{n}@y.example"}} for n in range(1000, 11_500)]
    control("POST", "/hubspot/contacts", people)
    control("POST", "/clock/advance", {"seconds": 1})
    assert control("POST", "/hubspot/contacts/bulk_edit", {"properties": {"city": "x"}})["edited"] == 10_503
    conditions = [{"propertyName": "lastmodifieddate", "operator": "EQ", "value": "2026-03-01T00:00:01Z"}]
    sorts = [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]
    request = PublicObjectSearchRequest(
        filter_groups=[{"filters": conditions}], sorts=sorts, properties=[], limit=200, after="9800"
    )
    page = contacts.search_api.do_search(request)
    assert (page.total, len(page.results), page.paging.next.after) == (10_503, 200, "10000")
    request.after = "10000"
    with pytest.raises(ContactsError):
        contacts.search_api.do_search(request)


def test_searches_lag_behind_by_the_clock(control: Control, contacts: Any) -> None:
    control("PUT", "/faults", {"rates": {"index_lag": 30}})
    control("POST", "/hubspot/contacts", {"id": "101", "properties": {"email": "n@x.example"}})
    assert contacts.basic_api.get_by_id("101").properties["email"] == "n@x.example"
    assert (search(contacts, email="n@x.example"), search(contacts, email="101@x.example")) == ([], ["101"])
    control("POST", "/clock/advance", {"seconds": 30})
    assert (search(contacts, email="n@x.example"), search(contacts, email="101@x.example")) == (["101"], [])


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/stripe/nothing", {"id": "x"}, 404),
        ("POST", "/stripe/customers", {"name": "x"}, 400),
        ("DELETE", "/stripe/customers/cus_77", None, 404),
        ("DELETE", "/stripe/tax_rates/txr_1", None, 404),
        ("POST", "/hubspot/unicorns", {}, 404),
        ("DELETE", "/hubspot/contacts/9", None, 404),
        ("POST", "/hubspot/contacts/merge", {"primary": "101", "merged": "9"}, 404),
        ("PUT", "/clock", {"now": "soon"}, 400),
        ("PUT", "/faults", {"rates": {"fire": 1}}, 400),
        ("PUT", "/faults", {"retry": 1}, 400),
    ],
)
def test_senseless_calls_are_refused(control: Control, method: str, path: str, body: Any, status: int) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        control(method, path, body)
    assert refused.value.code == status
    assert json.load(refused.value)["error"]


def test_requests_are_counted_without_ids(control: Control, stripe_api: stripe.StripeClient, contacts: Any) -> None:
    control("DELETE", "/requests")
    for name in ("cus_1", "cus_2"):
        stripe_api.v1.customers.retrieve(name)
    stripe_api.v1.credit_notes.list()
    contacts.basic_api.get_by_id("101")
    assert control("GET", "/requests") == {
        "total": 4,
        "by_path": {
            "GET /crm/v3/objects/contacts/{id}": 1,
            "GET /v1/credit_notes": 1,
            "GET /v1/customers/{id}": 2,
        },
    }
