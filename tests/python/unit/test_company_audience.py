"""Marketing, surveys, trials and leaving of a generated company, counted a second time from its objects."""

from collections import Counter, defaultdict
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

import pytest

from sandbox.company import generate
from tests.python.generated_company import Company

DAY = 86_400
SIX = Decimal("0.000001")
BREAKDOWNS = {
    "organic": "ORGANIC_SEARCH", "paid": "PAID_SEARCH", "direct": "DIRECT_TRAFFIC", "referrals": "REFERRALS",
    "social": "SOCIAL_MEDIA", "paid-social": "PAID_SOCIAL", "email": "EMAIL_MARKETING", "offline": "OFFLINE",
}  # fmt: skip
CAUSES = {
    "too_expensive": "budget", "switched_service": "competitor", "unused": "value_gap", "missing_features": "value_gap",
    "too_complex": "value_gap", "low_quality": "value_gap", "customer_service": "value_gap", "other": "other",
}  # fmt: skip
WORDS = {"Value gap": "value_gap", "Competitor": "competitor", "Budget": "budget", "Other": "other"}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    folder = tmp_path_factory.mktemp("audience") / "company"
    generate(folder, customers=400, months=24, seed=19)
    return Company(folder)


def seconds(iso: str) -> int:
    return int(datetime.fromisoformat(iso).timestamp())


def ratio(part: int, whole: int) -> str:
    return str((Decimal(part) / whole).quantize(SIX, ROUND_HALF_UP)) if whole else ""


def test_visits_lead_to_the_leads_there_are(company: Company):
    leads: Counter[tuple[str, str]] = Counter()
    for contact in company.objects("hubspot/contacts"):
        history = contact["propertiesWithHistory"]["lifecyclestage"]
        real = [
            e["timestamp"] for e in history if e["value"] == "lead" and e["sourceType"] not in ("IMPORT", "MIGRATION")
        ]
        if real and not contact["archived"]:
            leads[company.month(min(real)), contact["properties"]["hs_analytics_source"]] += 1
    rows = {(r["date"], BREAKDOWNS[r["breakdown"]]): r for r in company.objects("hubspot/web_analytics_sources")}
    assert {key: row["leads"] for key, row in rows.items() if row["leads"]} == leads
    truth = {(r["month"], r["source"]): r for r in company.truth("web")}
    assert set(truth) == set(rows)
    for key, row in rows.items():
        assert {name: int(truth[key][name]) for name in ("visits", "visitors", "leads")}.items() <= row.items()
        assert row["visits"] >= row["visitors"] >= (0 if key[1] == "OFFLINE" else row["leads"])
    online = [row for key, row in rows.items() if key[1] != "OFFLINE"]
    assert 0.01 < sum(row["leads"] for row in online) / sum(row["visitors"] for row in online) < 0.02


def test_campaigns_cost_what_a_customer_may_cost(company: Company):
    spent: dict[str, Decimal] = defaultdict(Decimal)
    planned_only = unplanned = 0
    for campaign in company.objects("hubspot/campaigns"):
        told, budget = campaign["properties"], campaign["budget"]
        total = sum((Decimal(str(item["amount"])) for item in budget["spendItems"]), Decimal(0))
        planned_only, unplanned = planned_only + (not total), unplanned + (not budget["budgetItems"])
        assert told["hs_start_date"][:7] == told["hs_end_date"][:7]
        if total:
            assert Decimal(told["hs_spend_items_sum_amount"]) == total
            spent[told["hs_start_date"]] += total
    truth: dict[str, Decimal] = defaultdict(Decimal)
    for row in company.truth("spend"):
        truth[row["month"]] += Decimal(row["spend_usd"])
    assert truth == spent
    assert planned_only == 1 <= unplanned
    new = sum(row["movement"] == "new" for row in company.truth("movements"))
    months = {row["month"] for row in company.truth("mrr_month_end")}
    assert 200 < sum(spent[month] for month in months) / new < 1000


def test_email_rates_are_sums_over_sums(company: Company):
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for mail in company.objects("hubspot/marketing_emails"):
        counters = mail["stats"]["counters"]
        assert counters["sent"] == counters["delivered"] + counters["bounce"]
        assert counters["selected"] >= counters["sent"] and counters["open"] >= counters["click"]
        if mail["state"] == "PUBLISHED":
            sums[company.month(mail["publishDate"])].update({**counters, "emails": 1})
        else:
            assert not any(counters.values())
    found = {row.pop("month"): row for row in company.truth("email_rates")}
    for month, counts in sums.items():
        names = {"emails": "emails", "sent": "sent", "delivered": "delivered", "opens": "open", "clicks": "click"}
        rates = {f"{k}_rate": ratio(counts[k], counts["delivered"]) for k in ("open", "click")}
        assert found.pop(month) == {name: str(counts[key]) for name, key in names.items()} | rates
    assert not found


def test_nps_by_month_and_before_customers_leave(company: Company):
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    contact_of = {
        link["from"]: link["to"] for link in company.objects("hubspot/associations_feedback_submissions_contacts")
    }
    kinds: Counter[str] = Counter()
    for answer in company.objects("hubspot/feedback_submissions"):
        told = answer["properties"]
        kinds[told["hs_survey_type"]] += 1
        assert answer["id"] in contact_of
        if told["hs_survey_type"] == "NPS":
            score = int(told["hs_value"])
            group = "promoters" if score >= 9 else "passives" if score >= 7 else "detractors"
            assert told["hs_response_group"] == group.upper().removesuffix("S")
            groups[company.month(told["hs_submission_timestamp"])][group] += 1
    for row in company.truth("nps"):
        count = groups.pop(row["month"])
        assert {name: int(row[name]) for name in ("promoters", "passives", "detractors")} == {
            name: count[name] for name in ("promoters", "passives", "detractors")
        }
        assert row["nps"] == ratio(100 * (count["promoters"] - count["detractors"]), count.total())
    assert not groups
    assert min(kinds["NPS"], kinds["CSAT"]) > 30


def test_those_about_to_leave_answer_worse(company: Company):
    """Where an answer's contact is at a company that is one customer."""
    gone = {row["customer_id"]: seconds(row["ended_at"]) for row in company.truth("churn_reasons")}
    customers = defaultdict(list)
    for row in company.truth("identity"):
        customers[row["hubspot_company_id"]].append(row["stripe_customer_id"])
    firm_of = {c["id"]: c["properties"]["associatedcompanyid"] for c in company.objects("hubspot/contacts")}
    contact_of = {
        link["from"]: link["to"] for link in company.objects("hubspot/associations_feedback_submissions_contacts")
    }
    scores: dict[bool, list[int]] = {True: [], False: []}
    for answer in company.objects("hubspot/feedback_submissions"):
        found = customers[firm_of[contact_of[answer["id"]]]]
        if len(found) == 1 and answer["properties"]["hs_survey_type"] == "NPS":
            leaves = 0 <= gone.get(found[0], 0) - seconds(answer["createdAt"]) <= 150 * DAY
            scores[leaves].append(int(answer["properties"]["hs_value"]))
    assert len(scores[True]) > 3 and len(scores[False]) > 20
    assert sum(scores[True]) / len(scores[True]) + 1 < sum(scores[False]) / len(scores[False])


def test_qualified_trials_follow_from_events_and_convert_more_often(company: Company):
    events = defaultdict(list)
    for event in company.objects("hubspot/events"):
        assert event["objectType"] == "CONTACT" and event["eventType"].startswith("pe1234567_")
        events[event["objectId"]].append((seconds(event["occurredAt"]), event["eventType"].removeprefix("pe1234567_")))
    rows = {row["subscription_id"]: row for row in company.truth("trials")}
    counts: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for subscription in company.objects("stripe/subscriptions"):
        start, end = subscription["trial_start"], subscription["trial_end"]
        if start is None:
            continue
        row = rows.pop(subscription["id"])
        ended = subscription["ended_at"] or company.as_of + DAY
        outcome = "ended" if ended <= min(end, company.as_of) else "running" if end > company.as_of else "converted"
        kinds = Counter(kind for at, kind in events[row["contact_id"]] if start <= at < start + 14 * DAY)
        assert all(abs(at - start - 14 * DAY) > DAY for at, _ in events[row["contact_id"]])
        qualified = kinds["product_session"] >= 3 and kinds["data_imported"] > 0 and kinds["colleague_invited"] > 0
        assert (row["outcome"], row["qualified"]) == (outcome, str(qualified).lower()), subscription["id"]
        assert int(row["sessions"]) == kinds["product_session"]
        counts[qualified][outcome] += 1
    assert not rows
    rates = {key: count["converted"] / (count["converted"] + count["ended"]) for key, count in counts.items()}
    assert rates[True] > rates[False] + 0.15
    for name, key in {"trials": None, "converted": "converted", "running": "running"}.items():
        expected = sum(count.total() if key is None else count[key] for count in counts.values())
        assert sum(int(row[name]) for row in company.truth("trial_conversion")) == expected


def test_reasons_of_churn_follow_from_both_accounts(company: Company):
    firms = {firm["id"]: firm["properties"]["churn_reason"] for firm in company.objects("hubspot/companies")}
    matched = {row["stripe_customer_id"]: row["hubspot_company_id"] for row in company.truth("identity")}
    subscriptions = defaultdict(list)
    for subscription in company.objects("stripe/subscriptions"):
        subscriptions[subscription["customer"]].append(subscription)
    rows = company.truth("churn_reasons")
    for row in rows:
        assert all(s["status"] in ("canceled", "incomplete_expired") for s in subscriptions[row["customer_id"]])
        last = max(subscriptions[row["customer_id"]], key=lambda s: s["ended_at"])
        details, word = last["cancellation_details"], firms.get(matched[row["customer_id"]]) or ""
        assert (row["feedback"], row["reason"]) == (details["feedback"] or "", details["reason"])
        assert row["crm_reason"] == word and seconds(row["ended_at"]) == last["ended_at"]
        stripe_says = CAUSES.get(row["feedback"], "other" if row["reason"] == "payment_failed" else "")
        assert row["cause"] == (stripe_says or WORDS.get(word, "unknown"))
        assert not (word and row["feedback"]) or WORDS[word] == CAUSES[row["feedback"]]
        assert details["comment"] is None or details["feedback"]
    assert {row["cause"] for row in rows} == {"value_gap", "competitor", "budget", "other", "unknown"}
    assert {firms[i] for i in firms if firms[i]} <= set(WORDS)
    feedback = {s["cancellation_details"]["feedback"] for s in company.objects("stripe/subscriptions")}
    assert len(feedback - {None}) >= 7  # of eight that the form has
