"""What must hold in every generated company: its objects agree with each other and with the truth.

Truth and objects come from two writers that share decisions only. Here a small reader of objects, which knows neither,
works out MRR, funnel and identity again and compares.
"""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

from sandbox.company import generate
from sandbox.company.names import FREE_MAIL
from tests.python.generated_company import Company

MONTHS = {"month": 1, "year": 12}
CENT = Decimal("0.01")
RECORDS = (
    "contacts", "companies", "deals", "leads", "line_items", "meetings", "calls", "emails", "tasks",
    "feedback_submissions",
)  # fmt: skip


@pytest.fixture(scope="module", params=[7, 23])
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Company:
    folder = tmp_path_factory.mktemp("invariants") / "company"
    generate(folder, customers=220, months=24, seed=request.param)
    return Company(folder)


def cut(amount: Fraction, discount: dict[str, Any]) -> Fraction:
    coupon = discount["source"]["coupon"] if "source" in discount else discount["coupon"]
    if coupon["percent_off"]:
        return amount * (100 - Fraction(coupon["percent_off"])) / 100
    return max(Fraction(0), amount - coupon["amount_off"])


def list_amount(price: dict[str, Any], quantity: int) -> Fraction:
    if price["billing_scheme"] == "per_unit":
        return Fraction(price["unit_amount"] * quantity)
    total, floor = 0, 0
    for tier in price["tiers"]:
        top = quantity if tier["up_to"] is None else min(quantity, tier["up_to"])
        if top > floor:
            total += tier["unit_amount"] * (top - floor) + (tier["flat_amount"] or 0)
        floor = tier["up_to"]
        if floor is None or floor >= quantity:
            break
    return Fraction(total)


def state_mrr(company: Company, subscription: dict[str, Any]) -> Fraction:
    """MRR of a subscription object as it stands, by the documented conventions."""
    paused = subscription["pause_collection"]
    if subscription["status"] not in ("active", "past_due") or (paused and paused["behavior"] != "keep_as_draft"):
        return Fraction(0)
    total = Fraction(0)
    for item in subscription["items"]["data"]:
        recurring = item["price"]["recurring"]
        if recurring["usage_type"] == "metered":
            continue
        amount = list_amount(company.prices[item["price"]["id"]], item["quantity"])
        for discount in item["discounts"]:
            amount = cut(amount, discount)
        total += amount / (MONTHS[recurring["interval"]] * recurring["interval_count"])
    for discount in subscription["discounts"]:
        total = cut(total, discount)  # no amount is ever taken off a whole subscription for longer than once
    for rate in subscription["default_tax_rates"]:
        if rate["inclusive"]:
            total = total * 100 / (100 + rate["percentage"])
    return total / 100


def test_subscriptions_now_are_worth_what_the_truth_says(company: Company):
    """Compared where nothing happened since the last whole day."""
    found: dict[str, Fraction] = defaultdict(Fraction)
    for subscription in company.objects("stripe/subscriptions"):
        found[subscription["customer"]] += state_mrr(company, subscription)
    busy = {
        e["data"]["object"].get("customer")
        for e in company.objects("stripe/events")
        if e["created"] > company.as_of - 86_400
    }
    compared = 0
    for customer, days in company.daily.items():
        if customer not in busy:
            assert abs(Decimal(float(found[customer])) - days[max(days)]) < CENT, customer
            compared += 1
    assert compared > 150


def test_invoices_bill_what_the_truth_says_at_their_renewals(company: Company):
    """A renewal's recurring lines, net of lasting discounts and inclusive tax, are that day's MRR, changes aside."""
    once = {c["id"] for c in company.objects("stripe/coupons") if c["duration"] == "once"}
    alone = {s["customer"]: 0 for s in company.objects("stripe/subscriptions")}
    for subscription in company.objects("stripe/subscriptions"):
        alone[subscription["customer"]] += 1
    changed = {(i["customer"], i["date"] // 86_400) for i in company.objects("stripe/invoiceitems") if i["proration"]}
    compared = 0
    for invoice in company.invoices:
        customer, day = invoice["customer"], invoice["created"] // 86_400
        lines = [
            line
            for line in invoice["lines"]["data"]
            if not prorated(line) and line["period"]["end"] > invoice["created"]
        ]
        lines = [line for line in lines if company.prices[price_of(line)]["type"] == "recurring"]
        if alone[customer] > 1 or invoice["status"] != "paid" or (customer, day) in changed or not lines:
            continue
        if lines[0]["description"].startswith("Trial") or invoice["billing_reason"] == "subscription_update":
            continue
        used_up = {d["id"] for d in invoice["discounts"] if d["source"]["coupon"]["id"] in once}
        total = Fraction(0)
        for line in lines:
            recurring = company.prices[price_of(line)]["recurring"]
            amount = line["amount"] - sum(d["amount"] for d in line["discount_amounts"] if d["discount"] not in used_up)
            amount -= sum(t["amount"] for t in line["taxes"] if t["tax_behavior"] == "inclusive")
            total += Fraction(amount, MONTHS[recurring["interval"]] * recurring["interval_count"] * 100)
        true = company.daily[customer].get(_date(day))
        if true and not used_up:  # 0 where a pause or an end falls on the very day
            assert abs(Decimal(float(total)) - true) <= CENT * len(lines), invoice["id"]
            compared += 1
    assert compared > 500


def _date(day: int) -> str:
    return datetime.fromordinal(719_163 + day).date().isoformat()


def prorated(line: dict[str, Any]) -> bool:
    details = line["parent"]["subscription_item_details"] or line["parent"]["invoice_item_details"]
    return details["proration"]


def price_of(line: dict[str, Any]) -> str:
    return line["pricing"]["price_details"]["price"]


def test_invoice_totals_add_up(company: Company):
    for invoice in company.invoices:
        lines = invoice["lines"]["data"]
        cuts = sum(amount["amount"] for line in lines for amount in line["discount_amounts"])
        taxes = [tax for line in lines for tax in line["taxes"]]
        on_top = sum(tax["amount"] for tax in taxes if tax["tax_behavior"] == "exclusive")
        assert invoice["subtotal"] == sum(line["amount"] for line in lines)
        assert invoice["total"] == invoice["subtotal"] - cuts + on_top
        assert cuts == sum(amount["amount"] for amount in invoice["total_discount_amounts"])
        assert invoice["total_excluding_tax"] == invoice["total"] - sum(tax["amount"] for tax in taxes)
        assert invoice["amount_due"] == invoice["amount_paid"] + invoice["amount_remaining"]


def test_balances_carry_over_from_invoice_to_invoice(company: Company):
    ends = {c["id"]: c.get("balance") for c in company.objects("stripe/customers")}
    chains: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for invoice in company.objects("stripe/invoices"):
        if invoice["status"] != "draft":
            chains[invoice["customer"]].append(invoice)
    for customer, chain in chains.items():
        chain.sort(key=lambda i: i["number"])
        assert chain[0]["starting_balance"] == 0
        for before, after in pairwise(chain):
            assert before["ending_balance"] == after["starting_balance"] <= 0
        if ends[customer] is not None:
            assert chain[-1]["ending_balance"] == ends[customer]


def test_movements_lead_from_month_end_to_month_end(company: Company):
    moved: dict[tuple[str, str], Decimal] = {}
    for row in company.truth("movements"):
        assert (row["customer_id"], row["month"]) not in moved
        moved[row["customer_id"], row["month"]] = Decimal(row["amount"])
    balance: dict[str, Decimal] = defaultdict(Decimal)
    for row in company.truth("mrr_month_end"):
        customer = row["customer_id"]
        balance[customer] += moved.pop((customer, row["month"]), Decimal(0))
        assert balance[customer] == Decimal(row["mrr"])
        last_days = [d for d in company.daily[customer] if d.startswith(row["month"][:7])]
        assert company.daily[customer][max(last_days)] == Decimal(row["mrr"])
    assert not moved


def test_everything_named_exists(company: Company):
    ids = {name: {o["id"] for o in company.objects(name)} for name in (f"hubspot/{kind}" for kind in RECORDS)}
    for name, (left, right) in {
        "contacts_companies": ("contacts", "companies"),
        "deals_companies": ("deals", "companies"),
        "deals_contacts": ("deals", "contacts"),
        "deals_line_items": ("deals", "line_items"),
        "meetings_contacts": ("meetings", "contacts"),
        "meetings_deals": ("meetings", "deals"),
        "feedback_submissions_contacts": ("feedback_submissions", "contacts"),
    }.items():
        for link in company.objects(f"hubspot/associations_{name}"):
            assert link["from"] in ids[f"hubspot/{left}"]
            assert link["to"] in ids[f"hubspot/{right}"]
    assert {e["objectId"] for e in company.objects("hubspot/events")} <= ids["hubspot/contacts"]
    owners = {owner["id"] for owner in company.objects("hubspot/owners")}
    owned = {r["properties"]["hubspot_owner_id"] for kind in RECORDS for r in company.objects(f"hubspot/{kind}")}
    assert owned <= owners | {None}
    customers = {c["id"] for c in company.objects("stripe/customers")}
    invoices = {i["id"] for i in company.objects("stripe/invoices")}
    for subscription in company.objects("stripe/subscriptions"):
        assert subscription["customer"] in customers
        assert subscription["latest_invoice"] in invoices
    assert {i["invoice"] for i in company.objects("stripe/invoiceitems")} <= invoices | {None}
    assert {r["stripe_customer_id"] for r in company.truth("identity")} == customers


def test_ids_and_emails_occur_once(company: Company):
    for path in sorted(company.folder.glob("*/*.ndjson")):
        found = [o["id"] for o in company.objects(f"{path.parent.name}/{path.stem}") if "id" in o]
        assert len(found) == len(set(found)), path.name
    emails = [c["properties"]["email"] for c in company.objects("hubspot/contacts")]
    assert len(emails) == len(set(emails))


def test_nothing_lies_in_the_future_and_events_are_recent(company: Company):
    for name in ("customers", "subscriptions", "invoices", "balance_transactions", "charges", "disputes"):
        assert all(o.get("created", 0) <= company.as_of for o in company.objects(f"stripe/{name}"))
    events = company.objects("stripe/events")
    assert all(company.as_of - 30 * 86_400 < e["created"] <= company.as_of for e in events)
    assert {"customer.subscription.created", "customer.subscription.updated", "invoice.paid"} <= {
        e["type"] for e in events
    }
    for name in RECORDS:
        for record in company.objects(f"hubspot/{name}"):
            histories = record["propertiesWithHistory"].values()
            times = [entry["timestamp"] for history in histories for entry in history]
            times += [record[key] for key in ("createdAt", "updatedAt", "archivedAt") if key in record]
            assert max(datetime.fromisoformat(at).timestamp() for at in times) <= company.as_of, record["id"]
            assert record["createdAt"] == min(times), record["id"]


def test_charges_settle_at_the_rate_they_name(company: Company):
    for settled in company.objects("stripe/balance_transactions"):
        charge = settled["source"]
        assert (settled["currency"], settled["net"]) == ("usd", settled["amount"] - settled["fee"])
        assert charge["currency"] in ("eur", "sek")
        assert abs(charge["amount"] * settled["exchange_rate"] - settled["amount"]) <= 0.51


def test_identity_follows_from_the_records_by_precedence(company: Company):
    companies = [c for c in company.objects("hubspot/companies") if not c["archived"]]
    contacts = [c for c in company.objects("hubspot/contacts") if not c["archived"]]
    alive = {c["id"]: c["id"] for c in companies}
    for firm in companies:
        merged = firm["properties"]["hs_merged_object_ids"]
        alive |= {old: firm["id"] for old in (merged or "").split(";") if old}
    by_domain: dict[str, list[str]] = defaultdict(list)
    for firm in companies:
        if firm["properties"]["domain"] and firm["properties"]["domain"] not in FREE_MAIL:
            by_domain[firm["properties"]["domain"]].append(firm["id"])
    by_email: dict[str, str | None] = {}
    for contact in contacts:
        more = (contact["properties"]["hs_additional_emails"] or "").split(";")
        for email in (contact["properties"]["email"], *filter(None, more)):
            by_email[email.lower()] = contact["properties"]["associatedcompanyid"]
    expected = {r["stripe_customer_id"]: (r["hubspot_company_id"], r["method"]) for r in company.truth("identity")}
    for customer in company.objects("stripe/customers"):
        named = alive.get(customer.get("metadata", {}).get("hubspot_company_id", ""))
        email = (customer.get("email") or "").lower()
        at_domain = by_domain.get(email.partition("@")[2], [])
        if named:
            found = (named, "metadata")
        elif by_email.get(email):
            found = (by_email[email], "email")
        else:
            found = (at_domain[0], "domain") if len(at_domain) == 1 else ("", "none")
        assert found == expected[customer["id"]], customer["id"]


def test_the_funnel_follows_from_the_histories(company: Company):
    windows = {("lead", "marketingqualifiedlead"): 30, ("marketingqualifiedlead", "salesqualifiedlead"): 60}
    windows[("salesqualifiedlead", "customer")] = 90
    counts: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for contact in company.objects("hubspot/contacts"):
        first: dict[str, datetime] = {}
        for entry in reversed(contact["propertiesWithHistory"]["lifecyclestage"]):
            if entry["sourceType"] not in ("IMPORT", "MIGRATION"):
                first.setdefault(entry["value"], datetime.fromisoformat(entry["timestamp"]))
        for (begins, reaches), days in windows.items():
            if begins in first and not contact["archived"]:
                count = counts[f"{first[begins]:%Y-%m}-01", begins, reaches]
                count[0] += 1
                if reaches in first:
                    waited = (first[reaches] - first[begins]).total_seconds() / 86_400
                    assert abs(waited - days) > 1, contact["id"]
                    count[1] += 0 <= waited <= days
    rows = company.truth("funnel")
    assert len(rows) == len(counts)
    for row in rows:
        key = (row["cohort_month"], row["from_stage"], row["to_stage"])
        assert counts[key] == [int(row["entered"]), int(row["converted"])]


def test_the_usual_variety_is_there(company: Company):
    """Not every case in every company of this size, but the common ones."""
    subscriptions = company.objects("stripe/subscriptions")
    assert {s["currency"] for s in subscriptions} == {"usd", "eur", "sek"}
    assert {"active", "canceled", "trialing"} <= {s["status"] for s in subscriptions}
    months = {
        MONTHS[i["price"]["recurring"]["interval"]] * i["price"]["recurring"]["interval_count"]
        for s in subscriptions
        for i in s["items"]["data"]
    }
    assert months == {1, 3, 12}
    assert {i["status"] for i in company.invoices} >= {"paid", "open", "void"}
    assert {r["movement"] for r in company.truth("movements")} == {
        "new",
        "expansion",
        "contraction",
        "churn",
        "reactivation",
    }
    assert {r["method"] for r in company.truth("identity")} == {"metadata", "email", "domain", "none"}
