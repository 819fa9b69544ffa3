"""The real Stripe client against a running sandbox: nothing but the base address differs from the real account."""

import base64
import json
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import stripe

stripe.enable_telemetry = False


def client(address: str, key: str = "sk_test_sandbox") -> stripe.StripeClient:
    return stripe.StripeClient(key, base_addresses={"api": address}, max_network_retries=0)


@pytest.fixture(scope="module")
def api(scenarios_server: str) -> stripe.StripeClient:
    return client(scenarios_server)


def stored(scenarios_dir: Path, resource: str) -> dict[str, dict[str, Any]]:
    """The file's objects by id; of one that is there twice the later line."""
    lines = (scenarios_dir / "stripe" / f"{resource}.ndjson").read_text().splitlines()
    return {each["id"]: each for each in map(json.loads, lines)}


def test_auto_paging_gives_every_invoice_once(api: stripe.StripeClient, scenarios_dir: Path) -> None:
    invoices = list(api.v1.invoices.list({"limit": 100}).auto_paging_iter())
    assert Counter(invoice.id for invoice in invoices) == Counter(list(stored(scenarios_dir, "invoices")))
    created = [invoice.created for invoice in invoices]
    assert created == sorted(created, reverse=True)


def test_auto_paging_backward_gives_the_same(api: stripe.StripeClient) -> None:
    forward = [price.id for price in api.v1.prices.list({"limit": 7}).auto_paging_iter()]
    backward = api.v1.prices.list({"limit": 7, "ending_before": forward[-1]}).auto_paging_iter()
    assert [price.id for price in backward] == forward[:-1][::-1]


def test_created_windows_split_the_list(api: stripe.StripeClient, scenarios_dir: Path) -> None:
    middle = 1_750_000_000
    early = api.v1.invoices.list({"limit": 100, "created": {"lt": middle}})
    late = api.v1.invoices.list({"limit": 100, "created": {"gte": middle}})
    ids = [invoice.id for half in (early, late) for invoice in half.auto_paging_iter()]
    assert sorted(ids) == sorted(stored(scenarios_dir, "invoices"))


def test_ended_subscriptions_come_with_status_all(api: stripe.StripeClient, scenarios_dir: Path) -> None:
    everything = stored(scenarios_dir, "subscriptions")
    shown = {each.id for each in api.v1.subscriptions.list({"limit": 100}).auto_paging_iter()}
    assert shown == {
        name for name, each in everything.items() if each["status"] not in ("canceled", "incomplete_expired")
    }
    assert {each.id for each in api.v1.subscriptions.list({"limit": 100, "status": "all"}).auto_paging_iter()} == set(
        everything
    )


def test_discounts_expand_down_to_the_coupon(api: stripe.StripeClient, scenarios_dir: Path) -> None:
    everything = stored(scenarios_dir, "subscriptions")
    name, discounts = next(
        (name, each["discounts"])
        for name, each in everything.items()
        if each["discounts"] and "source" in each["discounts"][0]
    )
    coupon = discounts[0]["source"]["coupon"]
    assert api.v1.subscriptions.retrieve(name).discounts == [discounts[0]["id"]]
    page = api.v1.subscriptions.list({"limit": 100, "status": "all", "expand": ["data.discounts"]})
    in_list = next(each for each in page.auto_paging_iter() if each.id == name).to_dict()
    assert in_list["discounts"][0]["source"]["coupon"] == coupon["id"]
    deeper = api.v1.subscriptions.retrieve(name, {"expand": ["discounts.source.coupon"]}).to_dict()
    assert deeper["discounts"] == discounts


def test_tiers_come_when_expanded(api: stripe.StripeClient, scenarios_dir: Path) -> None:
    tiered = {name for name, price in stored(scenarios_dir, "prices").items() if price.get("tiers")}
    plain = [price.to_dict() for price in api.v1.prices.list({"limit": 100}).auto_paging_iter()]
    assert not any("tiers" in price for price in plain)
    expanded = api.v1.prices.list({"limit": 100, "expand": ["data.tiers"]}).auto_paging_iter()
    assert {price.id for price in expanded if price.to_dict().get("tiers")} == tiered


def test_all_lines_of_an_invoice_can_be_paged(api: stripe.StripeClient, scenarios_dir: Path) -> None:
    name, lines = next(
        (name, each["lines"]["data"])
        for name, each in stored(scenarios_dir, "invoices").items()
        if len(each["lines"]["data"]) > 10
    )
    inline = api.v1.invoices.retrieve(name).lines
    assert (len(inline.data), inline.has_more) == (10, True)
    paged = api.v1.invoices.line_items.list(name, {"limit": 3}).auto_paging_iter()
    assert [line.id for line in paged] == [line["id"] for line in lines]
    # The inline list pages on by itself too: its url is the endpoint's.
    assert [line.id for line in inline.auto_paging_iter()] == [line["id"] for line in lines]


def test_all_items_of_a_subscription_can_be_paged(api: stripe.StripeClient, scenarios_dir: Path) -> None:
    name, items = next(
        (name, each["items"]["data"])
        for name, each in stored(scenarios_dir, "subscriptions").items()
        if len(each["items"]["data"]) > 10
    )
    assert api.v1.subscriptions.retrieve(name).to_dict()["items"]["has_more"]
    paged = api.v1.subscription_items.list({"subscription": name, "limit": 5, "expand": ["data.price.product"]})
    found = [item.to_dict() for item in paged.auto_paging_iter()]
    assert [item["id"] for item in found] == [item["id"] for item in items]
    assert found[0]["price"]["product"]["object"] == "product"


def test_a_deleted_customer_is_a_stub_that_no_list_shows(api: stripe.StripeClient, scenarios_dir: Path) -> None:
    everything = stored(scenarios_dir, "customers")
    deleted = {name for name, each in everything.items() if each.get("deleted")}
    assert deleted
    listed = {each.id for each in api.v1.customers.list({"limit": 100}).auto_paging_iter()}
    assert listed == set(everything) - deleted
    for name in deleted:
        assert api.v1.customers.retrieve(name).to_dict() == {"id": name, "object": "customer", "deleted": True}


def test_events_by_type(api: stripe.StripeClient, scenarios_dir: Path) -> None:
    everything = stored(scenarios_dir, "events").values()
    wanted = ["customer.subscription.paused", "customer.subscription.updated"]
    found = [event.id for event in api.v1.events.list({"types": wanted}).auto_paging_iter()]
    assert sorted(found) == sorted(event["id"] for event in everything if event["type"] in wanted)


def test_raw_requests_give_the_pages_bytes(api: stripe.StripeClient) -> None:
    response = api.raw_request("get", "/v1/coupons", limit=2, expand=["data.applies_to"])
    page = json.loads(response.body)
    assert (page["object"], page["url"], page["has_more"], len(page["data"])) == ("list", "/v1/coupons", True, 2)
    assert response.headers["Request-Id"].startswith("req_")
    assert response.headers["Stripe-Version"] == stripe.api_version


def test_a_wrong_key_is_refused_without_being_shown(scenarios_server: str) -> None:
    with pytest.raises(stripe.AuthenticationError, match="Invalid API Key provided") as refused:
        client(scenarios_server, "pk_live_topsecretkey").v1.customers.list()
    assert refused.value.http_status == 401
    assert "topsecret" not in str(refused.value)


def test_errors_arrive_as_stripes_own(api: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as missing:
        api.v1.customers.retrieve("cus_nobody")
    error = missing.value
    assert (error.http_status, error.code, error.param) == (404, "resource_missing", "id")
    with pytest.raises(stripe.InvalidRequestError) as too_many:
        api.v1.customers.list({"limit": 101})
    assert (too_many.value.http_status, too_many.value.param) == (400, "limit")
    with pytest.raises(stripe.InvalidRequestError, match="more than 4 levels"):
        api.v1.invoices.list({"expand": ["data.lines.data.price.product"]})
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL") as unknown:
        api.raw_request("get", "/v1/unheard_of")
    assert unknown.value.http_status == 404
    with pytest.raises(stripe.InvalidRequestError, match="Received unknown parameter: color"):
        api.raw_request("get", "/v1/customers", color="red")


def test_basic_authentication_is_taken_too(scenarios_server: str) -> None:
    credentials = base64.b64encode(b"sk_test_1:").decode()
    request = urllib.request.Request(
        f"{scenarios_server}/v1/customers?limit=1", headers={"Authorization": f"Basic {credentials}"}
    )
    with urllib.request.urlopen(request, timeout=5) as response:
        assert response.status == 200
