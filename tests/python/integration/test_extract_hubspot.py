"""A HubSpot account that lives: what changes, merges, is archived or linked, and how it is found again."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.hubspot.streams import STREAMS
from tests.python.hubspot_account import ALL, CRM, LINKS, Account

MORNING = "2026-03-10T08:00:00Z"
# Source: https://developers.hubspot.com/docs/api-reference/latest/account/account-information/get-account-details
DETAILS = {
    "portalId": 123456,
    "accountType": "STANDARD",
    "timeZone": "Europe/Stockholm",
    "companyCurrency": "SEK",
    "additionalCurrencies": ["EUR", "USD"],
    "utcOffset": "+01:00",
    "utcOffsetMilliseconds": 3_600_000,
    "uiDomain": "app-eu1.hubspot.com",
    "dataHostingLocation": "eu1",
}


@pytest.fixture
def account(sandbox_server: Callable[[Path], str], tmp_path: Path) -> Account:
    """An account without records on a morning in March; it keeps its books in kronor."""
    (tmp_path / "served" / "hubspot").mkdir(parents=True)
    (tmp_path / "served" / "hubspot" / "account.ndjson").write_text(json.dumps(DETAILS) + "\n")
    account = Account(sandbox_server(tmp_path / "served"), tmp_path / "home")
    account.set_clock(MORNING)
    return account


def test_a_change_is_found_by_search_and_nothing_else_is_read(account: Account) -> None:
    ids = account.contacts(500)
    account.pass_time(minutes=90)
    account.extract()
    account.pass_time(minutes=90)
    account.put("contacts", {"id": ids[7], "properties": {"lifecyclestage": "customer"}})
    account.pass_time(minutes=5)
    account.requests()
    landed = account.extract()
    asked = account.requests()
    assert landed["contacts"].new_versions == landed["contacts"].fetched == 1
    assert account.current("contacts")[ids[7]]["properties"]["lifecyclestage"] == "customer"
    assert not [path for path in asked if path.startswith("GET /crm/v3/objects")]
    assert sum(asked.values()) <= 6


def test_a_run_in_which_nothing_changed_costs_a_search_a_type(account: Account) -> None:
    account.contacts(300)
    account.pass_time(minutes=90)
    account.extract([*CRM, *LINKS])
    account.pass_time(minutes=90)
    account.requests()
    landed = account.extract([*CRM, *LINKS])
    assert sum(told.fetched for told in landed.values()) == 0
    kinds = {stream.object_type for stream in STREAMS if stream.name in {*CRM, *LINKS}}
    assert kinds > {*CRM}
    assert account.requests() == {
        "GET /account-info/v3/details": 1,
        "GET /crm/v3/properties/contacts/lifecyclestage": 1,
        **{f"POST /crm/v3/objects/{kind}/search": 1 for kind in kinds},
    }


def test_ten_thousand_and_more_with_one_modified_millisecond(account: Account) -> None:
    account.put("tasks", *({"properties": {"hs_task_status": "WAITING"}} for _ in range(10_600)))
    account.pass_time(minutes=90)
    assert account.extract(["tasks"])["tasks"].fetched == 10_600
    account.pass_time(minutes=90)
    edit = {"properties": {"hs_task_status": "COMPLETED"}, "first": 10_300}
    account.control("POST", "hubspot/tasks/bulk_edit", edit)
    account.pass_time(minutes=5)
    landed = account.extract(["tasks"])["tasks"]
    assert landed.new_versions == landed.fetched == 10_300


def test_a_change_that_the_index_shows_late_is_found_by_the_next_run(account: Account) -> None:
    (first, _) = account.contacts(2)
    account.pass_time(minutes=90)
    account.extract(["contacts"])
    account.pass_time(minutes=90)
    account.control("PUT", "faults", {"rates": {"index_lag": 1_200}})
    account.put("contacts", {"id": first, "properties": {"jobtitle": "late"}})
    account.pass_time(minutes=10)
    assert account.extract(["contacts"])["contacts"].new_versions == 0
    account.pass_time(minutes=30)
    assert account.extract(["contacts"])["contacts"].new_versions == 1


def test_calculated_properties_are_read_again_once_a_day(account: Account) -> None:
    (deal,) = account.put("deals", {"properties": {"amount": "10", "hs_mrr": "1"}})
    account.pass_time(minutes=90)
    account.extract()
    account.put("deals", {"id": deal, "properties": {"hs_mrr": "2"}}, silent=True)
    account.pass_time(minutes=90)
    assert account.extract()["deals"].new_versions == 0
    account.pass_time(days=1)
    assert account.extract()["deals"].new_versions == 1
    assert account.current("deals")[deal]["properties"]["hs_mrr"] == "2"


def test_a_property_or_history_that_is_new_is_read_of_all_objects_on_the_same_day(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = account.put("deals", *({"properties": {"closedate": "2026-04-01T12:00:00Z"}} for _ in range(2)))
    account.put("tasks", {"properties": {"hs_task_status": "WAITING"}})
    account.pass_time(minutes=90)
    earlier = [
        replace(stream, history=("dealstage",), properties=("hs_object_id",)) if stream.name == "deals" else stream
        for stream in STREAMS
    ]
    with monkeypatch.context() as before:
        before.setattr("tests.python.hubspot_account.STREAMS", earlier)
        account.extract(["deals", "tasks"])
    assert "closedate" not in account.current("deals")[first]["properties"]
    account.pass_time(minutes=90)
    account.requests()
    landed = account.extract(["deals", "tasks"])
    assert (landed["deals"].new_versions, landed["tasks"].fetched) == (2, 0)
    deals = account.current("deals")
    assert {deals[key]["properties"]["closedate"] for key in (first, second)} == {"2026-04-01T12:00:00Z"}
    assert all("closedate" in deals[key]["propertiesWithHistory"] for key in (first, second))
    account.pass_time(minutes=90)
    assert account.extract(["deals", "tasks"])["deals"].fetched == 0


def test_archived_records_are_tombstones_the_day_after_and_can_come_back(account: Account) -> None:
    for kind in ("contacts", "leads"):
        kept, archived = account.put(kind, {"properties": {}}, {"properties": {}})
        account.pass_time(minutes=90)
        account.extract([kind])
        account.control("DELETE", f"hubspot/{kind}/{archived}")
        account.pass_time(days=1)
        account.extract([kind])
        assert set(account.current(kind)) == {kept}
        assert set(account.tombstones(kind)) == {archived}
        account.put(kind, {"id": archived, "archived": False, "properties": {"hubspot_owner_id": "5"}})
        account.pass_time(days=1)
        account.extract([kind])
        assert set(account.current(kind)) == {kept, archived}


def test_merged_records_are_tombstones_that_lead_to_the_last_survivor(account: Account) -> None:
    one, two, three, other = account.contacts(4)
    account.pass_time(minutes=90)
    account.extract(["contacts"])
    account.pass_time(minutes=90)
    middle = account.control("POST", "hubspot/contacts/merge", {"primary": one, "merged": two})["id"]
    account.pass_time(minutes=5)
    account.extract(["contacts"])
    assert set(account.current("contacts")) == {middle, three, other}
    assert {old: gone["mergedInto"] for old, gone in account.tombstones("contacts").items()} == {
        one: middle,
        two: middle,
    }
    account.pass_time(minutes=90)
    last = account.control("POST", "hubspot/contacts/merge", {"primary": three, "merged": middle})["id"]
    account.pass_time(minutes=5)
    account.extract(["contacts"])
    assert set(account.current("contacts")) == {last, other}
    tombstones = account.tombstones("contacts")
    assert {old: gone["mergedInto"] for old, gone in tombstones.items()} == dict.fromkeys(
        (one, two, middle, three), last
    )
    # What had been merged into it stays with it: the models follow such chains.
    assert set(tombstones[middle]["properties"]["hs_merged_object_ids"].split(";")) == {one, two}
    account.pass_time(days=1)
    assert account.extract(["contacts"])["contacts"].vanished == 0
    assert account.tombstones("contacts") == tombstones


def test_a_merge_that_the_changes_do_not_show_is_found_by_the_daily_reading(account: Account) -> None:
    one, two, three = account.contacts(3)
    account.pass_time(minutes=90)
    account.extract(["contacts"])
    survivor = account.control("POST", "hubspot/contacts/merge", {"primary": one, "merged": two})["id"]
    account.pass_time(days=1)
    account.extract(["contacts"])
    assert set(account.current("contacts")) == {survivor, three}
    assert set(account.tombstones("contacts")) == {one, two}


def test_links_of_changed_records_at_once_and_all_others_the_day_after(account: Account) -> None:
    deal, other_deal = account.put("deals", {"properties": {}}, {"properties": {}})
    (company,) = account.put("companies", {"properties": {"name": "A"}})
    account.link("deals", "companies", deal, company)
    account.pass_time(minutes=90)
    account.extract([*CRM, *LINKS])
    assert set(account.current("associations_deals_companies")) == {f"{deal}:{company}"}
    account.pass_time(minutes=90)
    account.link("deals", "companies", other_deal, company)
    (new_deal,) = account.put("deals", {"properties": {}})
    account.link("deals", "companies", new_deal, company)
    account.pass_time(minutes=5)
    account.extract([*CRM, *LINKS])
    assert set(account.current("associations_deals_companies")) == {f"{deal}:{company}", f"{new_deal}:{company}"}
    account.link("deals", "companies", deal, company, method="DELETE")
    account.pass_time(days=1)
    landed = account.extract([*CRM, *LINKS])["associations_deals_companies"]
    assert landed.vanished == 1
    assert set(account.current("associations_deals_companies")) == {f"{other_deal}:{company}", f"{new_deal}:{company}"}
    account.link("deals", "companies", deal, company)
    account.pass_time(days=1)
    account.extract(LINKS)  # without the objects, whose ids are then listed
    assert len(account.current("associations_deals_companies")) == 3


def test_a_stream_that_the_token_may_not_read_is_skipped_with_its_reason(account: Account) -> None:
    account.contacts(1)
    account.pass_time(minutes=90)
    refused = ["/crm/v3/objects/leads", "/marketing/v3/campaigns", "/analytics", "/account-info"]
    account.control("PUT", "forbidden", {"paths": refused})
    landed = account.extract(ALL)
    skipped = {name for name, told in landed.items() if told.skipped}
    assert skipped == {"leads", "campaigns", "web_analytics_sources", "account"}
    assert "403" in landed["leads"].skipped
    assert "the scope crm.objects.leads.read listed" in landed["leads"].skipped
    assert landed["contacts"].new_versions == 1
    for stream in ("leads", "account"):
        assert account.rows(f"select count(*) from raw_hubspot.{stream}") == [(0,)]
    assert "leads is skipped" in "\n".join(account.log)
    # Once it may, it is read from the beginning.
    account.put("leads", {"properties": {"hs_lead_type": "NEW_BUSINESS"}})
    account.control("PUT", "forbidden", {"paths": []})
    account.pass_time(minutes=90)
    assert account.extract(ALL)["leads"].new_versions == 1


def test_the_account_tells_its_currency_in_every_run(account: Account, tmp_path: Path) -> None:
    assert account.extract(["account"])["account"].new_versions == 1
    assert account.current("account") == {"123456": DETAILS}
    account.pass_time(minutes=90)
    account.requests()
    landed = account.extract(["account"])["account"]
    assert (landed.fetched, landed.new_versions) == (1, 0)
    assert account.requests()["GET /account-info/v3/details"] == 1  # which also says whose data it is
    dated = Account(account.base, tmp_path / "dated", version="2026-09")
    dated.extract(["account"])
    assert dated.current("account") == {"123456": DETAILS}


def test_an_account_that_does_not_tell_its_currency_is_read_all_the_same(
    sandbox_server: Callable[[Path], str], tmp_path: Path
) -> None:
    (tmp_path / "served" / "hubspot").mkdir(parents=True)
    account = Account(sandbox_server(tmp_path / "served"), tmp_path / "home")
    account.contacts(1)
    landed = account.extract(["contacts", "account"])
    assert landed["contacts"].new_versions == 1
    assert landed["account"].new_versions == 1
    (details,) = account.current("account").values()
    assert "companyCurrency" not in details


def test_both_families_of_paths_give_the_same_rows(scenarios_server: str, tmp_path: Path) -> None:
    numbered = Account(scenarios_server, tmp_path / "v3")
    dated = Account(scenarios_server, tmp_path / "dated", version="2026-09")
    numbered.requests()
    numbered.extract(ALL)
    assert not [path for path in numbered.requests() if "2026-09" in path]
    dated.extract(ALL)
    undated = {"GET /analytics/v2/reports/sources/monthly", "POST /oauth/v2/private-apps/get/access-token-info"}
    assert {path for path in dated.requests() if "2026-09" not in path} <= undated
    for stream in ALL:
        query = f"select id, content_hash, deleted from raw_hubspot.{stream} order by all"
        assert numbered.rows(query) == dated.rows(query)


def test_disorder_while_paging_loses_nothing(account: Account) -> None:
    ids = account.contacts(1_000)
    account.control(
        "PUT",
        "faults",
        {
            "rates": {"duplicate_page": 0.1, "reordered_page": 0.3, "change_while_paging": 0.3, "cut_json": 0.05},
            "seed": 3,
            "retry_after": 0,
        },
    )
    account.pass_time(minutes=90)
    account.extract(["contacts"])
    account.control("POST", "hubspot/contacts/bulk_edit", {"properties": {"jobtitle": "x"}, "first": 700})
    account.pass_time(minutes=90)
    account.extract(["contacts"])
    current = account.current("contacts")
    assert set(current) == set(ids)
    assert sum(contact["properties"].get("jobtitle") == "x" for contact in current.values()) == 700


def test_marketing_is_read_once_a_day_and_custom_events_at_once(account: Account) -> None:
    names = ("campaigns", "marketing_emails", "forms", "events", "web_analytics_sources")
    account.put(
        "campaigns",
        {
            "id": "c-1",
            "properties": {"hs_name": "Spring"},
            "budget": {
                "currencyCode": "EUR",
                "budgetItems": [],
                "spendItems": [{"id": "1", "name": "ads", "amount": 250, "order": 0}],
            },
        },
    )
    account.put("marketing_emails", {"id": "9", "name": "News", "content": {"html": "..."}, "stats": {"counters": {}}})
    event = {"objectType": "CONTACT", "objectId": "1", "properties": {}}
    account.put("events", {**event, "id": "e1", "eventType": "pe1_demo", "occurredAt": "2026-03-09T10:00:00Z"})
    account.pass_time(minutes=90)
    account.extract(names)
    assert account.current("campaigns")["c-1"]["budget"]["spendTotal"] == 250
    assert account.current("marketing_emails")["9"].keys() >= {"stats", "name"}
    assert "content" not in account.current("marketing_emails")["9"]
    account.put("campaigns", {"id": "c-1", "properties": {"hs_name": "Summer"}})
    account.put("events", {**event, "id": "e2", "eventType": "pe1_demo", "occurredAt": "2026-03-10T10:00:00Z"})
    account.pass_time(minutes=90)
    landed = account.extract(names)
    assert landed["campaigns"].notes == ("read once a day, the last time on 2026-03-10",)
    assert landed["events"].new_versions == 1
    account.pass_time(days=1)
    assert account.extract(names)["campaigns"].new_versions == 1
