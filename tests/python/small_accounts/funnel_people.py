"""People, companies and trials of one account, each of them something that a funnel may count wrongly."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.python.rule_cases.objects import Book, Json, at, item, line

History = Sequence[tuple[str, str, str]]
"""(stage, day or "day time", source type), oldest first."""

MAPPED, UNMAPPED = "8812", "9999"  # the account's own stages; the first is mapped to MQL

OVERRIDES = (
    ("cus_over", "72", "its own e-mail leads to 71"),
    ("cus_alone", "", "a private person, whatever the metadata say"),
    ("cus_gone", "73", "archived on 1 October"),
    ("cus_merged", "70", "merged into 71"),
    ("cus_nobody", "71", "not in Stripe"),
)
SEEDED_EVENTS = (
    ("2025-06-03T09:00:00Z", "session", "", "cus_idle"),
    ("2025-06-03T09:00:00Z", "session", "", "cus_idle"),  # exported twice
    ("2025-06-04T11:00:00+02:00", "product_session", "", "cus_idle"),
    ("2025-06-05T09:00:00Z", "session", "nobody@else.example", ""),
)


def write(folder: Path) -> None:
    """All objects as a folder that a sandbox or the raw tables can take."""
    customers().write(folder)
    for name, rows in {
        "contacts": [*people(), *merged_people()],
        "companies": list(companies()),
        "associations_contacts_companies": [belongs(person, "71") for person in ("1", "2", "3")],
        "lifecycle_stages": [{"value": stage, "label": stage} for stage in ("lead", MAPPED, UNMAPPED)],
        "events": list(product_events()),
        "web_analytics_sources": list(web_months()),
    }.items():
        (folder / "hubspot" / f"{name}.ndjson").write_text("".join(json.dumps(row) + "\n" for row in rows))


def people() -> Iterable[Json]:
    """1 takes every step, and is called an MQL twice. 2 skips MQL. 3 is cleared, put back and qualified again. 20 was
    imported as a lead. Of 21 only the date properties are left. 22 stands at a stage that nobody has mapped. 23 is
    archived in November, 24 was in June. 25 comes in October."""
    all_steps = [
        ("lead", "2025-06-05", "FORM"),
        ("marketingqualifiedlead", "2025-06-20", "AUTOMATION_PLATFORM"),
        (MAPPED, "2025-06-25", "CRM_UI"),
        ("salesqualifiedlead", "2025-07-10", "CRM_UI"),
        ("customer", "2025-09-25", "DEALS"),
    ]
    yield record("1", all_steps, hubspot_owner_id="9", hs_analytics_source="PAID_SEARCH")
    yield record("2", [("lead", "2025-06-10", "FORM"), ("salesqualifiedlead", "2025-06-30", "CRM_UI")])
    back_and_forth = [
        ("lead", "2025-06-01", "FORM"),
        ("marketingqualifiedlead", "2025-06-15", "AUTOMATION_PLATFORM"),
        ("", "2025-06-25 12:00:00", "CRM_UI"),
        ("lead", "2025-06-25 12:00:01", "CRM_UI"),
        ("marketingqualifiedlead", "2025-08-01", "CRM_UI"),
    ]
    yield record("3", back_and_forth, email="three@big.example")
    yield record("20", [("lead", "2025-06-01", "IMPORT"), ("marketingqualifiedlead", "2025-06-15", "CRM_UI")])
    dates = {"hs_v2_date_entered_lead": iso("2025-06-07"), f"hs_v2_date_entered_{MAPPED}": iso("2025-06-17")}
    yield record("21", [], lifecyclestage=MAPPED, **dates)
    own_stages = [("lead", "2025-07-01", "FORM"), (MAPPED, "2025-07-06", "CRM_UI"), (UNMAPPED, "2025-07-20", "CRM_UI")]
    yield record("22", own_stages)
    yield record("23", [("lead", "2025-06-03", "FORM")]) | {"archived": True, "archivedAt": iso("2025-11-01")}
    yield record("24", [("lead", "2025-06-02", "FORM")]) | {"archived": True, "archivedAt": iso("2025-06-30")}
    yield record("25", [("lead", "2025-10-05", "FORM")], createdate=iso("2025-10-05"))


def merged_people() -> Iterable[Json]:
    """10 and 11 became 12, 12 and 13 became 14, which took over what 10 had been, and is dated December."""
    lead = ("lead", "2025-05-10", "FORM")
    yield gone(record("10", [lead], createdate=iso("2025-05-10")))
    yield gone(record("11", [("lead", "2025-06-12", "FORM"), ("marketingqualifiedlead", "2025-06-30", "CRM_UI")]))
    yield gone(record("12", [lead], hs_merged_object_ids="10;11"))
    yield gone(record("13", [("salesqualifiedlead", "2025-08-10", "CRM_UI")]))
    late = {"createdate": iso("2025-12-01"), "hs_merged_object_ids": "12;13"}
    yield record("14", [lead, ("customer", "2025-11-01", "DEALS")], **late)


def companies() -> Iterable[Json]:
    """71 skips MQL and SQL, and 70 was merged into it. Of 72 only a date is left, of 74 not even that. 73 is archived
    on 1 October. 75 is a customer at once, later cleared and put back to lead; 76, imported as a lead, too from MQL.
    Customer 77 and its younger duplicate 78, a lead, became 79."""
    steps = [
        ("lead", "2025-05-01", "FORM"),
        ("opportunity", "2025-06-01", "DEALS"),
        ("customer", "2025-07-01", "DEALS"),
    ]
    yield record("71", steps, name="Big", segment="Enterprise", domain="big.example", hs_merged_object_ids="70")
    yield record("72", [], lifecyclestage=MAPPED, **{f"hs_v2_date_entered_{MAPPED}": iso("2025-08-01")})
    yield record("73", [("lead", "2025-03-01", "FORM")]) | {"archived": True, "archivedAt": iso("2025-10-01")}
    yield record("74", [], lifecyclestage="lead")
    lost = [("customer", "2026-01-10", "INTEGRATION"), ("", "2026-02-14", "CRM_UI"), ("lead", "2026-02-15", "CRM_UI")]
    yield record("75", lost)
    back = [
        ("lead", "2025-06-01", "IMPORT"),
        ("marketingqualifiedlead", "2025-07-01", "FORM"),
        ("", "2025-12-31", "CRM_UI"),
        ("lead", "2026-01-05", "CRM_UI"),
    ]
    yield record("76", back)
    older = [("lead", "2025-12-01", "FORM"), ("customer", "2026-01-05", "DEALS")]
    younger = [("lead", "2026-02-10", "FORM")]
    yield record("77", older) | {"archived": True}
    yield record("78", younger) | {"archived": True}
    yield record("79", [*older, *younger], lifecyclestage="customer", hs_merged_object_ids="77;78")


def product_events() -> Iterable[Json]:
    """Keen's company: three sessions, an import and, by a colleague, an invitation within 14 days; a fourth session
    after them. Contact 20 does everything within two days and has no trial. 10 is 14 today. 24 is archived."""
    occurrences = [
        ("1", "product_session", "2025-06-01 13:00"),
        ("1", "product_session", "2025-06-03"),
        ("1", "data_imported", "2025-06-04"),
        ("1", "product_session", "2025-06-05"),
        ("2", "colleague_invited", "2025-06-09"),
        ("1", "product_session", "2025-06-20"),
        ("20", "product_session", "2025-07-01"),
        ("20", "product_session", "2025-07-01 15:00"),
        ("20", "product_session", "2025-07-01 18:00"),
        ("20", "data_imported", "2025-07-02"),
        ("20", "colleague_invited", "2025-07-03"),
        ("20", "button_clicked", "2025-07-03"),
        ("10", "product_session", "2025-07-10"),
        ("24", "product_session", "2025-07-10"),
    ]
    for number, (contact, event, moment) in enumerate(occurrences):
        yield {
            "id": f"event-{number}",
            "objectType": "CONTACT",
            "objectId": contact,
            "eventType": f"pe1234567_{event}",
            "occurredAt": iso(moment),
            "properties": {},
        }


def web_months() -> Iterable[Json]:
    yield {"date": "2025-06-01", "breakdown": "organic", "visits": 900, "visitors": 600, "contacts": 9, "leads": 6}
    yield {"date": "2025-06-01", "breakdown": "paid", "visits": 500, "visitors": 400, "contacts": 7, "leads": 4}
    yield {"date": "2025-06-01", "breakdown": "offline", "contacts": 5, "leads": 5}
    yield {"date": "2025-07-01", "breakdown": "organic", "visits": 700, "visitors": 500}
    yield {"date": "2026-03-01", "breakdown": "organic", "visits": 200, "visitors": 100, "leads": 1}


def customers() -> Book:
    """Trials: Keen pays at the end, Idle never, Slow 47 days after the end; New is still in trial, Early was in
    January. Without a trial, $100 each: those of `OVERRIDES`."""
    book = Book()
    pasted = {"hubspot_company_id": "\t71\r\n"}  # as it comes from a spreadsheet
    trial(book, "keen", "2025-06-01", "2025-06-15", pays="2025-06-15", metadata=pasted)
    trial(book, "idle", "2025-06-02", "2025-06-16", pays=None)
    trial(book, "slow", "2025-06-10", "2025-06-24", pays="2025-08-10")
    trial(book, "new", "2026-03-05", "2026-03-19", pays=None)
    trial(book, "early", "2025-01-10", "2025-01-24", pays="2025-01-24")
    for name, customer in {
        "over": {"email": "Three@Big.example"},
        "alone": {"metadata": {"hubspot_company_id": "71"}},
        "gone": {},
        "merged": {},
    }.items():
        plan = item(name, book.price(name, "10000"))
        subscription = book.subscription(book.case(name, "", [("2025-01", "100")], **customer), [plan], "2025-01-10")
        book.renewals(subscription, "2025-01-10", 15, [line(plan, 10000)])
    return book


def trial(book: Book, name: str, start: str, end: str, *, pays: str | None, metadata: Json | None = None) -> None:
    """A customer whose subscription of $100 began with a trial, and is paid from `pays` on or ended with the trial."""
    customer = book.case(name, "", [("2025-01", "0")], metadata=metadata or {})
    plan = item(name, book.price(name, "10000"), since=start)
    dates: Json = {"trial_start": at(start), "trial_end": at(end)}
    if end > "2026-03-15":
        dates |= {"status": "trialing"}
    elif pays is None:
        dates |= {"status": "canceled", "canceled_at": at(end), "ended_at": at(end)}
    subscription = book.subscription(customer, [plan], start, **dates)
    if pays:
        months = 12 * (2026 - int(pays[:4])) + 3 - int(pays[5:7]) + (int(pays[8:]) <= 15)
        book.renewals(subscription, pays, months, [line(plan, 10000)])


def record(identifier: str, history: History, **properties: str) -> Json:
    """A contact or company that stands where its history ends."""
    entries = [{"value": stage, "timestamp": iso(moment), "sourceType": source} for stage, moment, source in history]
    present = {"lifecyclestage": history[-1][0]} if history else {}
    created = properties.get("createdate", iso("2025-01-01"))
    return {
        "id": identifier,
        "properties": {"hs_object_id": identifier, "createdate": created, **present, **properties},
        "propertiesWithHistory": {"lifecyclestage": entries[::-1]},
        "createdAt": created,
        "updatedAt": created,
        "archived": False,
    }


def gone(merged: Mapping[str, object]) -> Json:
    """The tombstone of a record that was merged away."""
    return {**merged, "archived": True, "mergedInto": "14"}


def belongs(contact: str, company: str) -> Json:
    return {"from": contact, "to": company, "types": [{"category": "HUBSPOT_DEFINED", "typeId": 1, "label": "Primary"}]}


def iso(moment: str) -> str:
    """ "YYYY-MM-DD" (noon) or "YYYY-MM-DD HH:MM[:SS]", UTC, as HubSpot writes it."""
    day, _, time = moment.partition(" ")
    time = time or "12:00"
    return f"{day}T{time if time.count(':') == 2 else f'{time}:00'}.000Z"
