"""Stages, deals and sales work of a generated company, counted a second time from its objects."""

from collections import Counter, defaultdict
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sandbox.company import generate
from tests.python.generated_company import Company

STEPS = {
    ("lead", "marketingqualifiedlead"): 30,
    ("marketingqualifiedlead", "salesqualifiedlead"): 60,
    ("salesqualifiedlead", "customer"): 90,
}
RATES = {"USD": Decimal(1), "EUR": Decimal("0.91"), "SEK": Decimal("10.5")}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    folder = tmp_path_factory.mktemp("sales") / "company"
    generate(folder, customers=220, months=24, seed=31)
    return Company(folder)


def seconds(iso: str) -> int:
    return int(datetime.fromisoformat(iso).timestamp())


def to_second(iso: str) -> str:
    return iso.replace(".000Z", "Z")


def stages_of(record: dict[str, Any]) -> dict[str, list[tuple[str, bool]]]:
    """Of each stage when it was entered, oldest first, and whether an import says so."""
    found: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for entry in reversed(record["propertiesWithHistory"]["lifecyclestage"]):
        if entry["value"]:
            found[entry["value"]].append((entry["timestamp"], entry["sourceType"] in ("IMPORT", "MIGRATION")))
    return found


@pytest.mark.parametrize(
    ("file", "table", "key"),
    [("contacts", "stage_entries", "contact_id"), ("companies", "company_stage_entries", "company_id")],
)
def test_stage_entries_follow_from_the_histories(company: Company, file: str, table: str, key: str):
    expected = {}
    for record in company.objects(f"hubspot/{file}"):
        for stage, entries in stages_of(record).items() if not record["archived"] else ():
            real = [at for at, imported in entries if not imported]
            times = real or [at for at, _ in entries]
            row = (to_second(min(times)), to_second(max(times)), str(len(times)), "false" if real else "true")
            expected[record["id"], stage] = row
    rows = company.truth(table)
    names = ("first_entered_at", "last_entered_at", "entries", "import_only")
    assert {(r[key], r["stage"]): tuple(r[name] for name in names) for r in rows} == expected
    assert {"true", "false"} == {r["import_only"] for r in rows}
    assert any(int(r["entries"]) > 1 for r in rows)


def test_the_funnel_by_source_and_owner_follows_from_the_histories(company: Company):
    counts: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0])
    for contact in company.objects("hubspot/contacts"):
        if contact["archived"]:
            continue
        first = {s: min((a for a, old in e if not old), default="") for s, e in stages_of(contact).items()}
        values = {"source": contact["properties"]["hs_analytics_source"]}
        values["owner"] = contact["properties"]["hubspot_owner_id"] or "unknown"
        for (begins, reaches), days in STEPS.items():
            for dimension, value in values.items():
                if first.get(begins):
                    count = counts[f"{first[begins][:7]}-01", begins, reaches, dimension, value]
                    waited = seconds(first[reaches]) - seconds(first[begins]) if first.get(reaches) else -1
                    count[0], count[1] = count[0] + 1, count[1] + (0 <= waited <= days * 86_400)
    names = ("cohort_month", "from_stage", "to_stage", "dimension", "dimension_value")
    rows = company.truth("funnel_by_dimension")
    found = {tuple(r[name] for name in names): [int(r["entered"]), int(r["converted"])] for r in rows}
    assert found == counts


def test_companies_follow_their_people(company: Company):
    """All but those set by hand are seconds after a contact's, or at the company's beginning."""
    entered = defaultdict(list)
    for contact in company.objects("hubspot/contacts"):
        for stage, entries in stages_of(contact).items():
            entered[contact["properties"]["associatedcompanyid"], stage] += [seconds(at) for at, _ in entries]
    followed = by_hand = without = 0
    for firm in company.objects("hubspot/companies"):
        history = firm["propertiesWithHistory"]["lifecyclestage"]
        without += not history
        assert firm["properties"]["lifecyclestage"] == (history[0]["value"] if history else None)
        if any(entry["sourceType"] == "CRM_UI" for entry in history):
            by_hand += 1
            continue
        for entry in history:
            at = seconds(entry["timestamp"])
            times = entered[firm["id"], entry["value"]]
            assert entry["timestamp"] == firm["createdAt"] or any(0 <= at - time <= 90 for time in times), firm["id"]
            followed += 1
    assert followed > 1000 > by_hand > 0 < without


def test_deals_are_pushed_as_their_history_says(company: Company):
    rows = {row["deal_id"]: row for row in company.truth("deals")}
    pushes: dict[str, list[int]] = defaultdict(list)
    for deal in company.objects("hubspot/deals"):
        history = list(reversed(deal["propertiesWithHistory"]["closedate"]))
        assert history[-1]["value"] == deal["properties"]["closedate"]
        assert history[0]["timestamp"] == deal["createdAt"]
        assert [e["timestamp"] for e in history] == sorted({e["timestamp"] for e in history})
        if not deal["archived"]:
            later = sum(after["value"] > before["value"] for before, after in pairwise(history))
            row = rows.pop(deal["id"])
            assert later == int(row["times_pushed_later"]) <= 4
            pushes[row["outcome"]].append(later)
    assert not rows
    mean = {outcome: sum(counts) / len(counts) for outcome, counts in pushes.items()}
    assert mean["won"] < min(mean["lost"], mean["open"])


def test_deals_in_other_currencies_are_worth_their_dollars(company: Company):
    rows = {row["deal_id"]: row for row in company.truth("deals")}
    codes: Counter[str] = Counter()
    for deal in company.objects("hubspot/deals"):
        told = deal["properties"]
        assert (told["amount"] is None) == (told["amount_in_home_currency"] is None)
        assert told["closed_lost_reason"] is None or told["dealstage"] in ("closedlost", "910003")
        if told["amount"] is not None:
            home = Decimal(told["amount_in_home_currency"])
            assert Decimal(told["amount"]) == home * RATES[told["deal_currency_code"]]
            codes[told["deal_currency_code"]] += 1
            assert deal["archived"] or home == Decimal(rows[deal["id"]]["amount_usd"])
    assert min(codes[code] for code in RATES) > 20


def test_deals_know_when_they_were_last_worked_on(company: Company):
    stale = fresh = planned = 0
    for deal in company.objects("hubspot/deals"):
        told = deal["properties"]
        last, following = told["notes_last_updated"], told["notes_next_activity_date"]
        assert (last is None) == (told["num_notes"] == "0")
        assert last is None or deal["createdAt"] <= last <= told["hs_lastmodifieddate"]
        assert following is None or seconds(following) > company.as_of
        if told["hs_is_closed"] == "false" and last:
            idle = company.as_of - seconds(last) > 21 * 86_400
            stale, fresh = stale + idle, fresh + (not idle)
        planned += following is not None
    assert min(stale, fresh, planned) > 5


def test_line_items_add_up_to_their_deal(company: Company):
    deals = {d["id"]: d["properties"] for d in company.objects("hubspot/deals")}
    items = {i["id"]: i["properties"] for i in company.objects("hubspot/line_items")}
    sold: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for link in company.objects("hubspot/associations_deals_line_items"):
        sold[link["from"]].append(items.pop(link["to"]))
    assert not items
    assert set(sold) == {i for i, d in deals.items() if d["hs_is_closed_won"] == "true" and d["amount"]}
    for deal, parts in sold.items():
        assert sum(Decimal(part["amount"]) for part in parts) == Decimal(deals[deal]["amount"])
        assert {part["hs_line_item_currency_code"] for part in parts} == {deals[deal]["deal_currency_code"]}
        for part in parts:
            assert Decimal(part["price"]) * int(part["quantity"]) == Decimal(part["amount"])


def test_meetings_by_who_booked_them(company: Company):
    counts: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    outcomes: Counter[str] = Counter()
    for meeting in company.objects("hubspot/meetings"):
        told = meeting["properties"]
        owner, kind, start = told["hubspot_owner_id"], told["hs_activity_type"], told["hs_meeting_start_time"]
        counts[owner, company.month(told["hs_createdate"]), kind]["booked"] += 1
        counts[owner, company.month(start), kind][told["hs_meeting_outcome"]] += seconds(start) <= company.as_of
        outcomes[told["hs_meeting_outcome"]] += 1
        assert told["hs_createdate"] <= start < told["hs_meeting_end_time"]
        assert told["hs_meeting_outcome"] == "SCHEDULED" or seconds(start) <= company.as_of
    names = {"booked": "booked", "held": "COMPLETED", "no_show": "NO_SHOW", "canceled": "CANCELED"}
    for row in company.truth("meetings"):
        count = counts.pop((row["owner_id"], row["month"], row["kind"]))
        assert {name: int(row[name]) for name in names} == {name: count[key] for name, key in names.items()}
    assert not any(sum(count.values()) for count in counts.values())
    assert set(outcomes) == {"COMPLETED", "NO_SHOW", "CANCELED", "RESCHEDULED", "SCHEDULED"}
    owners = {owner["id"] for owner in company.objects("hubspot/owners")}
    assert {m["properties"]["hubspot_owner_id"] for m in company.objects("hubspot/meetings")} <= owners


@pytest.mark.parametrize(("customers", "months"), [(1, 1), (5, 40)])
def test_the_smallest_company_has_every_table(tmp_path: Path, customers: int, months: int):
    generate(tmp_path / "company", customers=customers, months=months, seed=2)
    small = Company(tmp_path / "company")
    for table in ("deals", "meetings", "web", "spend", "email_rates", "nps", "trials", "churn_reasons"):
        assert (small.folder / f"truth/{table}.csv").read_text().count(",") > 3
    assert small.truth("web")
