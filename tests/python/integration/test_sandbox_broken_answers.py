"""Every fault switch over HTTP: what a client gets to see."""

import http.client
import json
import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
import stripe
from hubspot import HubSpot
from hubspot.crm.contacts.exceptions import ApiException as ContactsError

from tests.python.conftest import StartSandbox

CUSTOMERS = 30


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("account")
    for vendor in ("stripe", "hubspot"):
        (folder / vendor).mkdir()
    customers = [
        {"id": f"cus_{n:02}", "object": "customer", "created": n, "metadata": {}} for n in range(1, CUSTOMERS + 1)
    ]
    contacts = [{"id": str(n), "properties": {"hs_object_id": str(n)}} for n in range(1, CUSTOMERS + 1)]
    (folder / "stripe" / "customers.ndjson").write_text("".join(json.dumps(each) + "\n" for each in customers))
    (folder / "hubspot" / "contacts.ndjson").write_text("".join(json.dumps(each) + "\n" for each in contacts))
    return folder


@pytest.fixture(scope="module")
def address(folder: Path, sandbox_server: StartSandbox) -> str:
    return sandbox_server(folder)


def call(address: str, path: str, method: str = "GET", body: Any = None) -> tuple[int, Message, bytes]:
    """Status, headers and body of any answer."""
    request = urllib.request.Request(
        address + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": "Bearer rk_test_1"},
        method=method,
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def switch(address: str, rates: dict[str, float], **more: float) -> None:
    assert call(address, "/_sandbox/faults", "PUT", {"rates": rates, **more})[0] == 200


def fired(address: str) -> dict[str, int]:
    return json.loads(call(address, "/_sandbox/faults")[2])["fired"]


@pytest.mark.parametrize("path", ["/v1/customers", "/crm/v3/objects/contacts"])
@pytest.mark.parametrize(
    ("fault", "status", "media"),
    [
        ("rate_limit", 429, "application/json"),
        ("rate_limit_silent", 429, "application/json"),
        ("error_500", 500, "application/json"),
        ("error_502", 502, "text/html; charset=utf-8"),
        ("error_503", 503, "text/html; charset=utf-8"),
        ("html", 200, "text/html; charset=utf-8"),
        ("wrong_shape", 200, "application/json"),
        ("cut_json", 200, "application/json"),
    ],
)
def test_answers_that_are_failures(address: str, path: str, fault: str, status: int, media: str) -> None:
    switch(address, {fault: 1}, retry_after=3)
    found, headers, body = call(address, path)
    assert (found, headers["Content-Type"]) == (status, media)
    assert headers["Retry-After"] == ("3" if fault == "rate_limit" else None)
    if fault in ("html", "cut_json", "error_502", "error_503"):
        with pytest.raises(json.JSONDecodeError):
            json.loads(body)
    else:
        assert "data" not in json.loads(body)
    assert fired(address) == {fault: 1}


def test_the_sdks_recognise_their_limits(address: str) -> None:
    switch(address, {"rate_limit": 1}, retry_after=0)
    api = stripe.StripeClient("rk_test_1", base_addresses={"api": address}, max_network_retries=0)
    with pytest.raises(stripe.RateLimitError):
        api.v1.customers.list()
    contacts = HubSpot(access_token="pat", host=address, base_url=address).crm.contacts
    with pytest.raises(ContactsError) as refused:
        contacts.basic_api.get_page()
    assert json.loads(refused.value.body or "")["policyName"] == "SECONDLY"


@pytest.mark.parametrize("fault", ["cut_body", "timeout"])
def test_broken_connections(address: str, fault: str) -> None:
    switch(address, {fault: 1}, hold=0.01)
    with pytest.raises(http.client.IncompleteRead) as broken:
        call(address, "/v1/customers?limit=100")
    assert bool(broken.value.partial) == (fault == "cut_body")
    switch(address, {})
    assert call(address, "/v1/customers")[0] == 200


def test_a_timeout_outlasts_the_client(address: str) -> None:
    switch(address, {"timeout": 1}, hold=3)
    request = urllib.request.Request(f"{address}/v1/customers", headers={"Authorization": "Bearer rk_test_1"})
    with pytest.raises(TimeoutError):
        urllib.request.urlopen(request, timeout=0.3)


def test_the_daily_limit_ends_with_the_day(address: str) -> None:
    call(address, "/_sandbox/clock", "PUT", {"now": "2026-03-01T23:59:59Z"})
    switch(address, {"daily_limit": 2})
    answers = [call(address, "/crm/v3/objects/contacts") for _ in range(3)]
    assert [status for status, _, _ in answers] == [200, 200, 429]
    assert json.loads(answers[2][2])["policyName"] == "DAILY"
    assert call(address, "/v1/customers")[0] == 200
    call(address, "/_sandbox/clock/advance", "POST", {"seconds": 1})
    assert call(address, "/crm/v3/objects/contacts")[0] == 200
    call(address, "/_sandbox/clock", "PUT", {"now": None})


def test_more_requests_than_a_second_allows(address: str) -> None:
    switch(address, {"requests_per_second": 3})
    statuses = [call(address, "/v1/customers")[0] for _ in range(5)]
    assert statuses[:3] == [200] * 3
    assert 429 in statuses
    assert call(address, "/crm/v3/objects/contacts")[0] == 200


def walk_stripe(address: str) -> list[str]:
    seen: list[str] = []
    cursor = ""
    for _ in range(200):
        page = json.loads(call(address, f"/v1/customers?limit=5{cursor}")[2])
        seen += [each["id"] for each in page["data"]]
        if not page["has_more"]:
            return seen
        cursor = f"&starting_after={seen[-1]}"
    raise AssertionError("the list has no end")


def walk_hubspot(address: str) -> list[str]:
    seen: list[str] = []
    cursor = ""
    for _ in range(200):
        page = json.loads(call(address, f"/crm/v3/objects/contacts?limit=5{cursor}")[2])
        seen += [each["id"] for each in page["results"]]
        if "paging" not in page:
            return seen
        cursor = f"&after={page['paging']['next']['after']}"
    raise AssertionError("the list has no end")


@pytest.mark.parametrize("fault", ["duplicate_page", "reordered_page", "change_while_paging"])
@pytest.mark.parametrize("walk", [walk_stripe, walk_hubspot])
def test_disturbed_pages_lose_nothing(address: str, fault: str, walk: Any) -> None:
    switch(address, {}, seed=5)
    plain = walk(address)
    switch(address, {fault: 0.5})
    disturbed = walk(address)
    assert set(disturbed) == set(plain)
    assert fired(address)[fault] > 0
    assert (disturbed == plain) == (fault == "change_while_paging")
    switch(address, {fault: 0.5})
    assert walk(address) == disturbed  # the same faults once more


def test_change_while_paging_writes_events(address: str) -> None:
    switch(address, {"change_while_paging": 1})
    call(address, "/v1/customers")
    switch(address, {})
    events = json.loads(call(address, "/v1/events?type=customer.updated")[2])["data"]
    assert events[0]["data"]["object"]["metadata"]["sandbox_touch"]


def test_switches_on_the_command_line(folder: Path, sandbox_server: StartSandbox) -> None:
    address = sandbox_server(folder, "--fault", "rate_limit=1", "--fault-seed", "9", "--retry-after", "0.5")
    status, headers, _ = call(address, "/v1/customers")
    assert (status, headers["Retry-After"]) == (429, "0.5")
    state = json.loads(call(address, "/_sandbox/faults")[2])
    assert (state["rates"], state["seed"]) == ({"rate_limit": 1}, 9)


def test_some_invoices_have_the_older_shape(sandbox_server: StartSandbox, scenarios_dir: Path) -> None:
    plain = sandbox_server(scenarios_dir)
    mixed = sandbox_server(scenarios_dir, "--fault", "older_shape=0.5", "--fault-seed", "1")

    def invoices(address: str) -> dict[str, dict[str, Any]]:
        return {each["id"]: each for each in json.loads(call(address, "/v1/invoices?limit=100")[2])["data"]}

    before, after = invoices(plain), invoices(mixed)
    turned = {name for name in before if "parent" in before[name] and "parent" not in after[name]}
    assert 20 < len(turned) < 80
    for name in turned:
        details = before[name]["parent"]["subscription_details"]
        assert after[name]["subscription"] == details["subscription"]
        assert "parent" not in json.loads(call(mixed, f"/v1/invoices/{name}")[2])
        assert "parent" not in json.loads(call(mixed, f"/v1/invoices/{name}/lines")[2])["data"][0]
    untouched = before.keys() - turned
    assert {name: before[name] for name in untouched} == {name: after[name] for name in untouched}
    subscriptions = json.loads(call(mixed, "/v1/subscriptions?status=all&limit=100")[2])["data"]
    assert 0 < sum("plan" in each for each in subscriptions) < len(subscriptions)
