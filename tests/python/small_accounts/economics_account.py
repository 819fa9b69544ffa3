"""A company with one campaign like that of the guide's example, and everything around it that can be missing or odd.

Five customers of $100 come in December 2025 (two of them from organic search, three unknown to the CRM). In January the
campaign brings 1,250 leads, 1,000 by paid search and 250 by paid social, of whom 200 and 50 buy for $75. In February
three buy for $200 (one enterprise, two SMB), and 13 of the campaign's customers leave.
"""

import json
from pathlib import Path
from typing import Any

from tests.python.rule_cases.objects import Book, Json, at, item, line
from tests.python.small_accounts.building import Row
from tests.python.small_accounts.rollup_customers import company, rate

LEADS = {"PAID_SEARCH": (1000, 200), "PAID_SOCIAL": (250, 50)}  # source: leads, customers among them
LEAVERS = 13


def customers() -> Book:
    book = Book()
    book.objects["balance_transactions"] = [rate("2025-12-05", "1.20")]
    plan, seat, suite = book.price("plan", "10000"), book.price("seat", "7500"), book.price("suite", "20000")
    for number in range(5):
        email = f"organic{number}@a.example" if number < 2 else None
        _buys(book, f"old{number}", plan, "2025-12-10", 4, email=email)
    won = [f"{source.lower()}{number}" for source, (_, buyers) in LEADS.items() for number in range(buyers)]
    for name in won[:LEAVERS]:
        subscription = _buys(book, name, seat, "2026-01-20", 1, email=f"{name}@b.example")
        subscription |= {"status": "canceled", "canceled_at": at("2026-02-20"), "ended_at": at("2026-02-20")}
    for name in won[LEAVERS:]:
        _buys(book, name, seat, "2026-01-20", 2, email=f"{name}@b.example")
    for number, segment in enumerate(("enterprise", "smb", "smb")):
        _buys(book, f"new{number}", suite, "2026-02-05", 2, metadata={"segment": segment})
    return book


def _buys(book: Book, name: str, price: Json, since: str, bills: int, **customer: Any) -> Json:
    """A customer with one subscription and as many paid bills; the subscription."""
    held = item(name, price, since=since)
    subscription = book.subscription(book.case(name, "", [(since[:7], "1")], **customer), [held], since)
    book.renewals(subscription, since, bills, [line(held, price["unit_amount"])])
    return subscription


def crm() -> dict[str, list[Json]]:
    """HubSpot's objects but the campaigns."""
    contacts = [
        _contact(
            f"{source.lower()}{number}@b.example",
            source,
            "2026-01-02",
            # paid search has the campaign in the first detail, social networks in the second
            details=("Guide-2026", "saas crm") if source == "PAID_SEARCH" else ("linkedin", "guide-2026"),
        )
        for source, (leads, _) in LEADS.items()
        for number in range(leads)
    ]
    depth = [4] * 4 + [3] * 4 + [2] * 8 + [1] * 16
    contacts += [
        _contact(f"organic{number}@a.example", "ORGANIC_SEARCH", "2025-08-01", stages=reached)
        for number, reached in enumerate(depth)
    ]
    contacts += [_contact(f"friend{number}@c.example", "REFERRALS", "2025-08-01", stages=1) for number in range(3)]
    contacts.append(_contact("imported@d.example", "REFERRALS", "2025-08-01", stages=1, by="IMPORT"))
    moved = _contact("moved@d.example", "REFERRALS", "2025-08-01", stages=4, by="IMPORT")
    del moved["propertiesWithHistory"]["lifecyclestage"][1:]  # the newest value comes first: customer from the start
    contacts.append(moved)
    for number, each in enumerate(contacts, start=1):
        each["id"] = str(number)
    companies = [company(f"70{each['id']}") for each in contacts]
    primary = {"category": "HUBSPOT_DEFINED", "typeId": 1, "label": "Primary"}
    feedback, links = _answers()
    return {
        "contacts": contacts,
        "companies": companies,
        "associations_contacts_companies": [
            {"from": each["id"], "to": f"70{each['id']}", "types": [primary]} for each in contacts
        ],
        "feedback_submissions": feedback,
        "associations_feedback_submissions_contacts": links,
        "marketing_emails": [
            _email("1", "2026-02-03T09:00:00Z", {"sent": 1000, "delivered": 900, "open": 270, "click": 27}),
            _email("2", "2026-02-20T09:00:00Z", {"sent": "100", "delivered": "100", "open": "10", "click": "0"}),
            _email("3", "2026-02-21T09:00:00Z", {"sent": 50, "delivered": 50, "open": 1, "click": ""}),
            _email("4", None, {}),
            _email("5", "2026-03-20T09:00:00Z", {"sent": 9, "delivered": 9, "open": 9, "click": 9}),
        ],
    }


STAGES = ("lead", "marketingqualifiedlead", "salesqualifiedlead", "customer")


def _contact(
    email: str, source: str, day: str, *, details: tuple[str, str] = ("", ""), stages: int = 0, by: str = "CRM_UI"
) -> Json:
    created = f"{day}T08:00:00.000Z"
    entries = [
        {"value": stage, "timestamp": f"2025-08-{1 + number:02}T09:00:00Z", "sourceType": by}
        for number, stage in enumerate(STAGES[:stages])
    ]
    return {
        "properties": {
            "email": email,
            "createdate": created,
            "hs_analytics_source": source,
            "hs_analytics_source_data_1": details[0],
            "hs_analytics_source_data_2": details[1],
        },
        "propertiesWithHistory": {"lifecyclestage": entries[::-1]},
        "createdAt": created,
        "updatedAt": created,
        "archived": False,
    }


def _answers() -> tuple[list[Json], list[Json]]:
    """(contact, survey, score, HubSpot's group, day): contact 1 changes its mind within the month."""
    given = [
        ("1", "NPS", "10", "PROMOTER", "2026-02-02"),
        ("1", "NPS", "3", "DETRACTOR", "2026-02-25"),
        ("2", "NPS", "9", "", "2026-02-03"),
        ("3", "NPS", "", "PROMOTER", "2026-02-04"),
        ("4", "NPS", "8", None, "2026-02-05"),
        ("5", "CSAT", "5", None, "2026-02-05"),
        ("6", "NPS", "great", None, "2026-02-05"),
        (None, "NPS", "2", "DETRACTOR", "2026-02-06"),
        ("7", "NPS", "10", "PROMOTER", "2026-03-20"),
    ]
    answers, links = [], []
    for number, (contact, survey, score, group, day) in enumerate(given, start=1):
        properties = {"hs_survey_type": survey, "hs_value": score, "hs_response_group": group}
        answers.append(
            {"id": f"9{number}", "properties": properties | {"hs_submission_timestamp": f"{day}T10:00:00Z"}}
            | {"createdAt": f"{day}T10:00:00Z", "updatedAt": f"{day}T10:00:00Z", "archived": False}
        )
        if contact:
            links.append({"from": f"9{number}", "to": contact, "types": []})
    return answers, links


def _email(number: str, published: str | None, counters: Json) -> Json:
    found: Json = {"id": number, "name": f"News {number}", "createdAt": "2026-01-30T09:00:00Z", "archived": False}
    return found | {"publishedAt": published, "stats": {"counters": counters}, "campaignName": "Newsletter"}


def campaigns() -> list[Json]:
    """The guide's, with an item entered after as_of; one without cost; one paid in a currency without exchange rate."""
    return [
        _campaign(
            "guide",
            {"hs_name": "Guide of the year", "hs_utm": "guide-2026"},
            "USD",
            [("60000", "2026-01-05"), (40000, "2026-02-10"), (9999, "2026-03-20")],
        ),
        _campaign("free", {"hs_name": "No cost entered"}, "USD", [("", "2026-01-10")]),
        _campaign("abroad", {"hs_name": "Abroad", "hs_start_date": "2025-11-01"}, "XOF", [("1000", "2025-11-10")]),
    ]


def _campaign(name: str, properties: Row, currency: str, spent: list[tuple[str | int, str]]) -> Json:
    items = [
        # HubSpot dates items in milliseconds
        {"id": str(number), "name": "ads", "amount": amount, "createdAt": at(day) * 1000, "order": number}
        for number, (amount, day) in enumerate(spent)
    ]
    return {
        "id": name,
        "properties": {"hs_start_date": "2026-01-01", "hs_end_date": "2026-01-31"} | properties,
        "budget": {"currencyCode": currency, "budgetItems": [], "spendItems": items},
        "createdAt": "2025-11-01T00:00:00Z",
        "updatedAt": "2026-01-05T00:00:00Z",
    }


def write_crm(folder: Path, objects: dict[str, list[Json]]) -> None:
    (folder / "hubspot").mkdir(parents=True, exist_ok=True)
    for name, rows in objects.items():
        (folder / "hubspot" / f"{name}.ndjson").write_text("".join(json.dumps(row) + "\n" for row in rows))
