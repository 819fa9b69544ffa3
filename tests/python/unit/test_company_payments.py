"""Charges, disputes and metered usage of a generated company agree with its invoices."""

from collections import Counter, defaultdict
from itertools import pairwise
from typing import Any

import pytest

from sandbox.company import generate
from sandbox.company.usage import by_day
from tests.python.generated_company import Company

DAY = 86_400


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    folder = tmp_path_factory.mktemp("payments") / "company"
    generate(folder, customers=400, months=24, seed=19)
    return Company(folder)


def charges_by_invoice(company: Company) -> dict[str, list[dict[str, Any]]]:
    found = defaultdict(list)
    for charge in company.objects("stripe/charges"):
        found[charge["payment_intent"].replace("pi_", "in_")].append(charge)
    return found


def test_every_attempt_at_an_invoice_is_a_charge(company: Company):
    charges, failed = charges_by_invoice(company), 0
    for invoice in company.objects("stripe/invoices"):
        found = charges.pop(invoice["id"], [])
        statuses = Counter(charge["status"] for charge in found)
        assert statuses["succeeded"] == (invoice["status"] == "paid" and invoice["amount_due"] > 0), invoice["id"]
        if invoice["collection_method"] == "charge_automatically" and invoice["amount_due"] > 0 and found:
            expected = [c for c in found if c["created"] <= company.as_of]
            assert statuses.total() == len(expected) <= invoice["attempt_count"] <= 4, invoice["id"]
            assert statuses.total() == invoice["attempt_count"] or invoice["status"] == "open", invoice["id"]
        for charge in found:
            assert (charge["amount"], charge["customer"]) == (invoice["amount_due"], invoice["customer"])
            assert charge["created"] <= company.as_of
            assert charge["paid"] == (charge["status"] == "succeeded") == (charge["failure_code"] is None)
        failed += statuses["failed"]
    assert not charges and failed > 20


def test_settled_charges_are_those_of_the_list(company: Company):
    charges = {charge["id"]: charge for charge in company.objects("stripe/charges")}
    settled = company.objects("stripe/balance_transactions")
    assert settled and all(charges[each["source"]["id"]] == each["source"] for each in settled)


def test_disputes_are_of_charges_that_say_so(company: Company):
    charges = {charge["id"]: charge for charge in company.objects("stripe/charges")}
    disputes = {dispute["charge"]: dispute for dispute in company.objects("stripe/disputes")}
    assert set(disputes) == {i for i, charge in charges.items() if charge["disputed"]} != set()
    for charge, dispute in disputes.items():
        assert charges[charge]["created"] < dispute["created"] <= company.as_of
        assert (dispute["amount"], dispute["currency"]) == (charges[charge]["amount"], charges[charge]["currency"])


def test_usage_of_the_days_is_what_was_billed(company: Company):
    used: dict[tuple[str, int], int] = {}
    for row in company.objects("stripe/billing_meter_event_summaries"):
        key = row["customer"], row["start_time"]
        assert row["start_time"] % DAY == 0 and row["end_time"] == row["start_time"] + DAY <= company.as_of
        assert key not in used and row["aggregated_value"] > 0
        used[key] = row["aggregated_value"]
    metered = {p["id"] for p in company.objects("stripe/prices") if p["recurring"] and p["recurring"]["meter"]}
    billed = 0
    for invoice in company.invoices:
        for line in invoice["lines"]["data"]:
            if line["pricing"]["price_details"]["price"] in metered:
                days = range(line["period"]["start"] // DAY * DAY, line["period"]["end"] // DAY * DAY, DAY)
                assert sum(used.get((invoice["customer"], day), 0) for day in days) == line["quantity"], line["id"]
                billed += 1
    assert billed > 50


def test_usage_falls_before_some_customers_leave(company: Company):
    metered = {p["id"] for p in company.objects("stripe/prices") if p["recurring"] and p["recurring"]["meter"]}
    billed: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for invoice in company.invoices:
        subscription = invoice["parent"]["subscription_details"]["subscription"]
        billed[subscription] += [
            (invoice["created"], line["quantity"])
            for line in invoice["lines"]["data"]
            if line["pricing"]["price_details"]["price"] in metered
        ]
    ended = {s["id"] for s in company.objects("stripe/subscriptions") if s["ended_at"]}
    fell = [
        subscription
        for subscription, found in billed.items()
        if subscription in ended and len(found) > 2 and [q for _, q in sorted(found)][-1] < found[0][1] / 2
    ]
    assert fell


def test_a_period_is_spread_over_its_days():
    """Five weekdays of three parts and two of one make 17: 170 is 30 a weekday, 10 on Saturday and Sunday."""
    monday = 1_767_571_200  # 2026-01-05
    spread = by_day(monday + 9 * 3600, monday + 7 * DAY + 9 * 3600, 170)
    assert spread == [(monday + n * DAY, 30 if n < 5 else 10) for n in range(7)]
    odd = by_day(monday, monday + 30 * DAY, 1001)
    assert sum(used for _, used in odd) == 1001
    assert all(after - before == DAY for (before, _), (after, _) in pairwise(odd))
