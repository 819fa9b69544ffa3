"""The resources beyond billing and the CRM's core, through the real SDKs wherever they have them."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import stripe
from hubspot import HubSpot
from hubspot.crm.objects import PublicObjectSearchRequest

from tests.python.conftest import StartSandbox

DAY = 86_400
ACTIVITIES = ("leads", "meetings", "calls", "emails", "tasks", "feedback_submissions")

STRIPE: dict[str, list[dict[str, Any]]] = {
    "charges": [
        {"id": "ch_1", "object": "charge", "created": 10, "customer": "cus_1", "payment_intent": "pi_1"},
        {"id": "ch_2", "object": "charge", "created": 20, "customer": "cus_1", "payment_intent": None},
    ],
    "refunds": [
        {"id": "re_1", "object": "refund", "created": 11, "charge": "ch_1", "amount": 5, "status": "succeeded"}
    ],
    "coupons": [{"id": "co_1", "object": "coupon", "created": 1}],
    "promotion_codes": [
        {
            "id": "promo_1",
            "object": "promotion_code",
            "created": 1,
            "active": True,
            "code": "A",
            "promotion": {"type": "coupon", "coupon": {"id": "co_1", "object": "coupon"}},
        },
        {"id": "promo_2", "object": "promotion_code", "created": 2, "active": False, "code": "B", "promotion": {}},
    ],
    "tax_rates": [
        {"id": "txr_1", "object": "tax_rate", "created": 1, "active": True, "inclusive": True},
        {"id": "txr_2", "object": "tax_rate", "created": 2, "active": True, "inclusive": False},
    ],
    "disputes": [{"id": "dp_1", "object": "dispute", "created": 12, "charge": "ch_1", "status": "lost"}],
    "payouts": [{"id": "po_1", "object": "payout", "created": 13, "status": "paid", "destination": "ba_1"}],
    "billing_meters": [
        {"id": "mtr_1", "object": "billing.meter", "created": 1, "status": "active", "livemode": True},
        {"id": "mtr_2", "object": "billing.meter", "created": 2, "status": "inactive", "livemode": True},
    ],
    "billing_meter_event_summaries": [
        {
            "customer": "cus_1",
            "meter": "mtr_1",
            "start_time": hour * 3600,
            "end_time": hour * 3600 + 3600,
            "aggregated_value": 1.5,
        }
        for hour in range(30)
    ],
}

HUBSPOT: dict[str, list[dict[str, Any]]] = {
    **{
        name: [
            {
                "id": str(n),
                "properties": {"hs_object_id": str(n), "hs_lastmodifieddate": f"2026-01-0{n}T00:00:00Z", "hs_x": name},
            }
            for n in (1, 2)
        ]
        for name in (*ACTIVITIES, "line_items")
    },
    "marketing_emails": [
        {"id": "1", "name": "News", "stats": {"counters": {"sent": 10, "open": 4}, "ratios": {"openratio": 40}}},
        {"id": "2", "name": "Old", "archived": True},
    ],
    "campaigns": [
        {
            "id": "0a257516-1451-48ea-80d8-82659ba7cecd",
            "properties": {"hs_name": "Spring", "hs_goal": "x"},
            "createdAt": "2026-01-01T00:00:00Z",
            "updatedAt": "2026-01-01T00:00:00Z",
            "budget": {
                "currencyCode": "EUR",
                "budgetItems": [{"id": "1", "name": "all", "amount": 1000, "order": 0}],
                "spendItems": [{"id": str(n), "name": "ads", "amount": 150.25, "order": n} for n in (0, 1)],
            },
        }
    ],
    "forms": [{"id": "f1", "name": "Demo", "formType": "hubspot"}, {"id": "f2", "name": "Old", "archived": True}],
    "events": [
        {
            "id": str(n),
            "objectType": "CONTACT",
            "objectId": str(n % 2),
            "eventType": "pe1_signed_up",
            "occurredAt": f"2026-01-0{n}T00:00:00.000Z",
            "properties": {"plan": "pro"},
        }
        for n in range(1, 6)
    ],
    "web_analytics_sources": [
        {"date": day, "breakdown": source, "visits": 10, "contacts": 1}
        for day in ("2026-01-01", "2026-01-20", "2026-02-03")
        for source in ("organic", "direct")
    ],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("account")
    for vendor, files in (("stripe", STRIPE), ("hubspot", HUBSPOT)):
        (folder / vendor).mkdir()
        for name, objects in files.items():
            text = "".join(json.dumps(each) + "\n" for each in objects)
            (folder / vendor / f"{name}.ndjson").write_text(text)
    return folder


@pytest.fixture(scope="module")
def address(folder: Path, sandbox_server: StartSandbox) -> str:
    return sandbox_server(folder)


@pytest.fixture(scope="module")
def api(address: str) -> stripe.StripeClient:
    return stripe.StripeClient("rk_test_1", base_addresses={"api": address}, max_network_retries=0)


@pytest.fixture(scope="module")
def hubspot(address: str) -> Any:
    return HubSpot(access_token="pat", host=address, base_url=address)


def get(address: str, path: str) -> Any:
    request = urllib.request.Request(address + path, headers={"Authorization": "Bearer pat"})
    with urllib.request.urlopen(request, timeout=5) as response:
        return json.load(response)


def ids(page: Any) -> list[str]:
    return [each.id for each in page.data]


def test_stripe_lists_and_their_filters(api: stripe.StripeClient) -> None:
    assert ids(api.v1.charges.list()) == ["ch_2", "ch_1"]
    assert ids(api.v1.charges.list({"payment_intent": "pi_1"})) == ["ch_1"]
    assert ids(api.v1.refunds.list({"charge": "ch_1"})) == ["re_1"]
    assert ids(api.v1.refunds.list({"created": {"gte": 12}})) == []
    assert ids(api.v1.promotion_codes.list({"active": True})) == ["promo_1"]
    assert ids(api.v1.promotion_codes.list({"coupon": "co_1"})) == ["promo_1"]
    assert ids(api.v1.promotion_codes.list({"code": "B"})) == ["promo_2"]
    assert ids(api.v1.tax_rates.list({"inclusive": False})) == ["txr_2"]
    assert ids(api.v1.disputes.list({"charge": "ch_1"})) == ["dp_1"]
    assert ids(api.v1.payouts.list({"status": "paid", "destination": "ba_1"})) == ["po_1"]
    assert ids(api.v1.subscription_schedules.list()) == ids(api.v1.credit_notes.list()) == []
    for service, name in ((api.v1.refunds, "re_1"), (api.v1.disputes, "dp_1"), (api.v1.payouts, "po_1")):
        assert service.retrieve(name).id == name


def test_stripe_references_expand(api: stripe.StripeClient) -> None:
    refund = api.v1.refunds.retrieve("re_1", {"expand": ["charge"]})
    assert isinstance(refund.charge, stripe.Charge)
    code = api.v1.promotion_codes.retrieve("promo_1").to_dict()
    assert code["promotion"]["coupon"] == "co_1"
    code = api.v1.promotion_codes.retrieve("promo_1", {"expand": ["promotion.coupon"]}).to_dict()
    assert code["promotion"]["coupon"]["object"] == "coupon"


def test_meters_have_no_created_filter(api: stripe.StripeClient) -> None:
    assert ids(api.v1.billing.meters.list()) == ["mtr_2", "mtr_1"]
    assert ids(api.v1.billing.meters.list({"status": "active"})) == ["mtr_1"]
    assert api.v1.billing.meters.retrieve("mtr_2").status == "inactive"
    with pytest.raises(stripe.InvalidRequestError, match="unknown parameter"):
        api.raw_request("get", "/v1/billing/meters", created={"gte": 1})


def test_usage_is_summed_by_window(api: stripe.StripeClient) -> None:
    summaries = api.v1.billing.meters.event_summaries
    whole = summaries.list("mtr_1", {"customer": "cus_1", "start_time": 0, "end_time": 2 * DAY})
    assert [(each.aggregated_value, each.start_time, each.end_time) for each in whole.data] == [(45, 0, 2 * DAY)]
    days = summaries.list(
        "mtr_1", {"customer": "cus_1", "start_time": 0, "end_time": 2 * DAY, "value_grouping_window": "day"}
    )
    assert [(each.aggregated_value, each.start_time) for each in days.data] == [(9, DAY), (36, 0)]
    hours = summaries.list(
        "mtr_1",
        {"customer": "cus_1", "start_time": 0, "end_time": 2 * DAY, "value_grouping_window": "hour", "limit": 7},
    )
    assert len({each.id for each in hours.auto_paging_iter()}) == 30
    nobody = summaries.list("mtr_1", {"customer": "cus_9", "start_time": 0, "end_time": 60})
    assert [each.aggregated_value for each in nobody.data] == [0]


@pytest.mark.parametrize(
    "params",
    [
        {"start_time": 0, "end_time": 60},
        {"customer": "cus_1", "start_time": 0},
        {"customer": "cus_1", "start_time": 30, "end_time": 60},
        {"customer": "cus_1", "start_time": 3600, "end_time": DAY, "value_grouping_window": "day"},
        {"customer": "cus_1", "start_time": 60, "end_time": 60},
    ],
)
def test_usage_refuses_what_stripe_refuses(api: stripe.StripeClient, params: dict[str, Any]) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        api.raw_request("get", "/v1/billing/meters/mtr_1/event_summaries", **params)


@pytest.mark.parametrize("name", [*ACTIVITIES, "line_items"])
def test_hubspot_object_types(hubspot: Any, address: str, name: str) -> None:
    client = hubspot.crm.line_items if name == "line_items" else getattr(hubspot.crm.objects, name)
    page = client.basic_api.get_page(properties=["hs_x"])
    assert [(each.id, each.properties["hs_x"]) for each in page.results] == [("1", name), ("2", name)]
    conditions = [{"propertyName": "hs_lastmodifieddate", "operator": "GTE", "value": "1767312000000"}]
    request = PublicObjectSearchRequest(
        filter_groups=[{"filters": conditions}], sorts=["hs_object_id"], properties=[], limit=10
    )
    assert [each.id for each in client.search_api.do_search(request).results] == ["2"]
    dated = get(address, f"/crm/objects/2026-09/{name}?properties=hs_x")
    assert dated["results"] == get(address, f"/crm/v3/objects/{name}?properties=hs_x")["results"]


def test_marketing_emails_with_statistics(hubspot: Any, address: str) -> None:
    api = hubspot.marketing.emails.marketing_emails_api
    page = json.loads(api.get_page(include_stats=True, _preload_content=False).data)
    assert [(each["name"], each["stats"]["counters"]["open"]) for each in page["results"]] == [("News", 4)]
    assert page["total"] == 1
    assert "stats" not in get(address, "/marketing/emails/2026-09")["results"][0]
    assert [each["id"] for each in get(address, "/marketing/v3/emails?archived=true")["results"]] == ["2"]


@pytest.mark.parametrize("base", ["/marketing/v3/campaigns", "/marketing/campaigns/2026-09"])
def test_campaigns_and_their_spend(address: str, base: str) -> None:
    page = get(address, f"{base}?limit=100&properties=hs_name,nothing")
    (campaign,) = page["results"]
    assert (page["total"], campaign["properties"], "budget" in campaign) == (1, {"hs_name": "Spring"}, False)
    totals = get(address, f"{base}/{campaign['id']}/budget/totals")
    assert (totals["budgetTotal"], totals["spendTotal"], totals["remainingBudget"]) == (1000, 300.5, 699.5)
    assert (totals["currencyCode"], len(totals["spendItems"])) == ("EUR", 2)


def test_forms(hubspot: Any, address: str) -> None:
    page = json.loads(hubspot.marketing.forms.forms_api.get_page(_preload_content=False).data)
    assert page["results"] == get(address, "/marketing/forms/2026-09")["results"] == [HUBSPOT["forms"][0]]


def test_events_are_newest_first_and_paged(hubspot: Any, address: str) -> None:
    page = hubspot.events.events_api.get_page(event_type="pe1_signed_up", limit=2)
    assert [each.id for each in page.results] == ["5", "4"]
    page = hubspot.events.events_api.get_page(event_type="pe1_signed_up", limit=2, after=page.paging.next.after)
    assert [each.id for each in page.results] == ["3", "2"]
    base = "/events/event-occurrences/2026-09"
    late = get(address, f"{base}?objectType=contact&objectId=1&occurredAfter=2026-01-02T00:00:00Z")
    assert [each["id"] for each in late["results"]] == ["5", "3"]
    early = get(address, f"{base}?eventType=pe1_signed_up&sort=occurredAt&limit=2")
    assert [each["id"] for each in early["results"]] == ["1", "2"]
    assert get(address, f"{base}/event-types") == {"eventTypes": ["pe1_signed_up"]}
    with pytest.raises(urllib.error.HTTPError):
        get(address, base)


def test_web_traffic_by_source(address: str) -> None:
    report = get(address, "/analytics/v2/reports/sources/monthly?start=20260101&end=20260228")
    assert report == {
        "2026-01-01": [{"breakdown": name, "visits": 20, "contacts": 2} for name in ("direct", "organic")],
        "2026-02-01": [{"breakdown": name, "visits": 10, "contacts": 1} for name in ("direct", "organic")],
    }
    for query in ("", "?start=20260101", "?start=20260101&end=20261340"):
        with pytest.raises(urllib.error.HTTPError):
            get(address, f"/analytics/v2/reports/sources/monthly{query}")


def test_what_the_key_may_not_read(folder: Path, sandbox_server: StartSandbox) -> None:
    (folder / "forbidden.json").write_text('["/v1/disputes", "/crm/v3/objects/leads", "/marketing/"]')
    address = sandbox_server(folder)
    (folder / "forbidden.json").unlink()
    api = stripe.StripeClient("rk_test_1", base_addresses={"api": address}, max_network_retries=0)
    with pytest.raises(stripe.PermissionError, match="rak_dispute_read"):
        api.v1.disputes.list()
    assert ids(api.v1.refunds.list()) == ["re_1"]
    client = HubSpot(access_token="pat", host=address, base_url=address)
    with pytest.raises(Exception, match="MISSING_SCOPES") as refused:
        client.crm.objects.leads.basic_api.get_page()
    assert getattr(refused.value, "status", None) == 403
    with pytest.raises(urllib.error.HTTPError):
        get(address, "/marketing/v3/forms")
    body = json.dumps({"paths": []}).encode()
    urllib.request.urlopen(urllib.request.Request(f"{address}/_sandbox/forbidden", data=body, method="PUT"), timeout=5)
    assert ids(api.v1.disputes.list()) == ["dp_1"]


def test_missing_files_are_empty_lists(tmp_path: Path, sandbox_server: StartSandbox) -> None:
    (tmp_path / "stripe").mkdir()
    address = sandbox_server(tmp_path)
    for path in ("/v1/billing/meters", "/v1/payouts"):
        request = urllib.request.Request(address + path, headers={"Authorization": "Bearer rk_test_1"})
        with urllib.request.urlopen(request, timeout=5) as response:
            assert json.load(response)["data"] == []
    assert get(address, "/marketing/v3/campaigns")["results"] == []
    assert get(address, "/crm/v3/objects/leads")["results"] == []
    assert get(address, "/analytics/v2/reports/sources/monthly?start=20260101&end=20260201") == {}
