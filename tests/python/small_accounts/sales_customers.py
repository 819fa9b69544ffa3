"""Deals, meetings and customers of a small sales team; what each is there for stands beside it.

Owner 11 closes deals for the sales cycle, 12 the odd ones, 21 books meetings, 31 and 32 sell to customers in Stripe, 41
looks after them. Times without an hour are midnight UTC.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.python.rule_cases.objects import Book, Json, item, line
from tests.python.small_accounts.rollup_customers import rate, subscribe

FIRST, DEMO, CONTRACT, WON, LOST = (
    "appointmentscheduled",
    "presentationscheduled",
    "contractsent",
    "closedwon",
    "closedlost",
)
_STAGES = {FIRST: "0.2", DEMO: "0.4", CONTRACT: "0.8", WON: "1.0", LOST: "0.0"}

Steps = Sequence[tuple[str, str]]


def write_sales(folder: Path) -> None:
    """The whole account as a folder."""
    book = _billing()
    streams = {"balance_transactions": book.objects.pop("balance_transactions")}
    book.write(folder)
    (folder / "stripe" / "balance_transactions.ndjson").write_text(_lines(streams["balance_transactions"]))
    hubspot = {
        "account": [{"portalId": 4711, "companyCurrency": "USD", "additionalCurrencies": ["EUR", "XAF"]}],
        "companies": [_company("7101", "41", segment="enterprise"), _company("7102", "41"), _company("7103", "41")],
        "deal_pipelines": [_pipeline("default", _STAGES), _pipeline("770", {"talking": "0.5", "renewed": "1.0"})],
        "deals": [*_cycle(), *_odd(), *_open(), *_sold()],
        "meetings": _meetings(),
        "emails": [_activity("e1", "21", "2026-02-03", hs_email_direction="EMAIL", hs_email_status="SENT")],
        "associations_deals_companies": [
            _link(deal, company, 5)
            for deal, company in (("M1", "7101"), ("M2", "7102"), ("M3", "7102"), ("M4", "7101"), ("M6", "7103"))
        ],
        "associations_meetings_deals": [
            *(_link(meeting, "Q", 212) for meeting in ("q_held", "q_archived", "q_canceled")),
            _link("l_planned", "L", 212),
        ],
    }
    for name, rows in hubspot.items():
        (folder / "hubspot" / f"{name}.ndjson").write_text(_lines(rows))


def _billing() -> Book:
    """West pays $100 from November 2025. East goes from one seat of $100 to two in October 2025. Alone has no company.
    A euro is worth $1 until December 2025, $1.50 from January 2026 on."""
    book = Book()
    book.objects["balance_transactions"] = [rate("2025-01-02", "1.00"), rate("2026-01-02", "1.50")]
    plan, seat = book.price("plan", "10000"), book.price("seat", "10000")
    subscribe(book, "west", plan, "2025-11-10", 5, metadata={"hubspot_company_id": "7101"})
    subscribe(book, "alone", plan, "2025-11-10", 5)
    east = book.case("east", "", [("2025-01", "100")], metadata={"hubspot_company_id": "7102"})
    seats = item("east", seat, 2)
    subscription = book.subscription(east, [seats], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 9, [line(seats, 10000, 1)])
    book.renewals(subscription, "2025-10-10", 6, [line(seats, 20000)])
    return book


def _cycle() -> list[Json]:
    """Days from creation: A won after 10, B lost after 20, C won after 30, F won after 50, E won in March after 44, D
    open. G was created before the window. E's close date was moved to the day of its close half a minute before the
    move."""

    def deal(name: str, created: str, stages: Steps, closes: str, **more: Any) -> Json:
        return _deal(name, "11", created, stages, closes=closes, **more)

    return [
        deal(
            "A",
            "2026-01-01",
            [(FIRST, "2026-01-01"), (DEMO, "2026-01-05"), (WON, "2026-01-11")],
            "2026-01-11",
            amount="1000",
            hs_acv="1200",
            dealtype="newbusiness",
        ),
        deal("B", "2026-01-01", [(FIRST, "2026-01-01"), (LOST, "2026-01-21")], "2026-01-21", amount="1000"),
        deal("C", "2026-01-10", [(FIRST, "2026-01-10"), (DEMO, "2026-01-29"), (WON, "2026-02-09")], "2026-02-09"),
        deal("D", "2026-01-30", [(FIRST, "2026-01-30")], "2026-05-01", notes_last_updated="2026-03-10"),
        deal(
            "E",
            "2026-01-20",
            [(FIRST, "2026-01-20"), (WON, "2026-03-05")],
            "2026-03-05",
            plans=[("2026-02-15", "2026-01-20"), ("2026-03-05", "2026-03-04 23:59:30")],
        ),
        deal(
            "F",
            "2026-01-01",
            [(FIRST, "2026-01-01"), (DEMO, "2026-02-04"), (WON, "2026-02-20")],
            "2026-02-20",
            amount="4000",
        ),
        deal(
            "G", "2025-01-05", [(FIRST, "2025-01-05"), (WON, "2026-02-05")], "2026-02-05", amount="2000", hs_acv="1000"
        ),
    ]


def _odd() -> list[Json]:
    def deal(name: str, created: str, stages: Steps, **more: Any) -> Json:
        return _deal(name, "12", created, stages, **more)

    merged_away = deal("9990", "2025-10-01", [(FIRST, "2025-10-01")], amount="50000", closes="2025-12-01")
    archived = deal("Y", "2025-10-01", [(FIRST, "2025-10-01")], amount="60000", closes="2025-12-01")
    return [
        # Reopened: won in November, open again in January.
        deal(
            "R",
            "2025-10-01",
            [(FIRST, "2025-10-01"), (WON, "2025-11-10"), (CONTRACT, "2026-01-10")],
            closes="2026-04-30",
            plans=[("2025-11-30", "2025-10-01"), ("2025-11-10", "2025-11-10"), ("2026-04-30", "2026-01-10")],
            amount="7000",
            notes_last_updated="2026-03-10",
        ),
        # Another pipeline; 500 euros that HubSpot itself made 600 dollars of.
        deal(
            "S",
            "2025-12-01",
            [("talking", "2025-12-01"), ("renewed", "2025-12-20")],
            closes="2025-12-20",
            pipeline="770",
            dealtype="existingbusiness",
            amount="500",
            home="600",
            deal_currency_code="EUR",
        ),
        # Euros that HubSpot did not convert: an open one at March's rate, a closed one at December's.
        deal(
            "T",
            "2026-03-01",
            [(CONTRACT, "2026-03-01")],
            closes="2026-04-10",
            amount="1000",
            home="",
            deal_currency_code="EUR",
        ),
        deal(
            "U",
            "2025-11-20",
            [(FIRST, "2025-11-20"), (LOST, "2025-12-05")],
            closes="2025-12-05",
            amount="100",
            home="",
            deal_currency_code="EUR",
        ),
        # A currency that nothing converts.
        deal(
            "V",
            "2026-03-01",
            [(FIRST, "2026-03-01")],
            closes="2026-04-10",
            amount="100",
            home="",
            deal_currency_code="XAF",
        ),
        # Its stage is gone from the pipeline, and somebody typed the year of its close with a digit too many.
        deal(
            "Z",
            "2026-03-01",
            [("gone", "2026-03-01")],
            closes="20260-04-10 00:00:00",
            amount="100",
            hs_deal_stage_probability="0.3",
        ),
        # Won with a close date in the future.
        deal("FUT", "2026-02-01", [(FIRST, "2026-02-01"), (WON, "2026-03-01")], closes="2026-06-30", amount="100"),
        # Lost from the demo.
        deal("H", "2025-11-01", [(DEMO, "2025-11-01"), (LOST, "2025-12-10")], closes="2025-12-10", amount="3000"),
        merged_away,
        archived | {"archived": True},
    ]


def _open() -> list[Json]:
    def demo(name: str, since: str, **more: Any) -> Json:
        return _deal(name, "12", "2025-10-01", [(FIRST, "2025-10-01"), (DEMO, since)], **more)

    return [
        # Put off in November and January, brought forward in December; overdue since 10 February. 9990 went up in it.
        demo(
            "P",
            "2026-03-10",
            amount="9000",
            closes="2026-02-10",
            plans=[
                ("2025-12-01", "2025-10-01"),
                ("2026-01-15", "2025-11-20"),
                ("2025-12-31", "2025-12-20"),
                ("2026-02-10", "2026-01-05"),
            ],
            notes_last_updated="2026-03-10",
            hs_merged_object_ids="9990",
        ),
        # In the demo since 1 February; logged last on 20 January, but met on 20 February.
        demo("Q", "2026-02-01", amount="5000", closes="2026-04-10", notes_last_updated="2026-01-20"),
        # Nothing done since 30 January: K at all, L has a meeting to come.
        demo("K", "2026-03-12", amount="2000", closes="2026-04-10", notes_last_updated="2026-01-30"),
        demo("L", "2026-03-12", amount="1000", closes="2026-04-10", notes_last_updated="2026-01-30"),
        # No amount, overdue, and nothing was ever logged.
        _deal("W", "12", "2026-01-05", [(FIRST, "2026-01-05")], closes="2026-03-14"),
    ]


def _sold() -> list[Json]:
    """Deals of customers in Stripe (M1 to M4), of no company (M5) and of one without a Stripe customer (M6)."""
    return [
        _deal(name, owner, "2025-09-01", [(WON, closes)], closes=closes, amount=amount)
        for name, owner, closes, amount in (
            ("M1", "31", "2025-11-05", "1200"),
            ("M2", "31", "2025-10-02", "1000"),
            ("M3", "32", "2025-10-03", "500"),
            ("M4", "31", "2026-02-20", "900"),
            ("M5", "31", "2025-10-20", "700"),
            ("M6", "32", "2025-09-20", "300"),
        )
    ]


def _meetings() -> list[Json]:
    def meeting(name: str, booked: str, starts: str, outcome: str, owner: str = "21") -> Json:
        more = {"hs_meeting_start_time": _time(starts), "hs_meeting_outcome": outcome}
        return _activity(name, owner, booked, **more)

    return [
        meeting("m1", "2026-01-28", "2026-02-03", "COMPLETED"),
        meeting("m2", "2026-02-01", "2026-02-05", "COMPLETED"),
        meeting("m3", "2026-02-02", "2026-02-06", "NO_SHOW"),
        meeting("m4", "2026-02-03", "2026-02-10", "RESCHEDULED"),
        meeting("m5", "2026-02-10", "2026-02-12", "COMPLETED"),
        meeting("m6", "2026-02-20", "2026-02-25", "SCHEDULED"),
        meeting("m7", "2026-02-25", "2026-03-20", "SCHEDULED"),
        meeting("m8", "2026-02-04", "2026-02-07", "COMPLETED") | {"archived": True},
        meeting("q_held", "2026-02-15", "2026-02-20", "COMPLETED", "12"),
        meeting("q_archived", "2026-02-15", "2026-03-01", "COMPLETED", "12") | {"archived": True},
        meeting("q_canceled", "2026-02-15", "2026-03-02", "CANCELED", "12"),
        meeting("l_planned", "2026-03-12", "2026-03-20", "SCHEDULED", "12"),
    ]


def _deal(
    name: str,
    owner: str,
    created: str,
    stages: Steps,
    *,
    closes: str,
    plans: Steps | None = None,
    amount: str = "",
    home: str | None = None,
    pipeline: str = "default",
    **more: str,
) -> Json:
    """A deal with the history of its stages [(stage, since)] and, where `plans` [(close date, set at)] are given, of
    its close date; in dollars, HubSpot's home currency, unless said otherwise. `home` is HubSpot's conversion into
    it."""
    times = {key: _time(value) for key, value in more.items() if key.startswith("notes_")}
    history = {"dealstage": _history(stages), "closedate": _history([(_time(day), at) for day, at in plans or []])}
    properties = {
        "dealname": f"Deal {name}",
        "pipeline": pipeline,
        "dealstage": stages[-1][0],
        "amount": amount,
        "amount_in_home_currency": amount if home is None else home,
        "deal_currency_code": "USD",
        "closedate": _time(closes),
        "createdate": _time(created),
        "hubspot_owner_id": owner,
    }
    return _record(name, created, properties | more | times) | {"propertiesWithHistory": history}


def _history(steps: Steps) -> list[Json]:
    return [{"value": value, "timestamp": _time(since), "sourceType": "CRM_UI"} for value, since in reversed(steps)]


def _activity(name: str, owner: str, created: str, **more: str) -> Json:
    properties = {"hubspot_owner_id": owner, "hs_createdate": _time(created), "hs_timestamp": _time(created)}
    return _record(name, created, properties | more)


def _record(name: str, created: str, properties: Json) -> Json:
    return {"id": name, "properties": properties, "archived": False} | {
        "createdAt": _time(created),
        "updatedAt": _time(created),
    }


def _company(name: str, owner: str, **more: str) -> Json:
    return _record(name, "2024-12-01", {"name": f"Company {name}", "hubspot_owner_id": owner, **more})


def _pipeline(name: str, stages: dict[str, str]) -> Json:
    return {"id": name, "label": f"Pipeline {name}", "archived": False} | {
        "stages": [
            {"id": stage, "label": stage, "metadata": {"probability": chance}} for stage, chance in stages.items()
        ]
    }


def _link(source: str, target: str, kind: int) -> Json:
    return {"from": source, "to": target, "types": [{"category": "HUBSPOT_DEFINED", "typeId": kind, "label": None}]}


def _time(text: str) -> str:
    """HubSpot's writing of "YYYY-MM-DD" (midnight) or "YYYY-MM-DD HH:MM:SS", UTC."""
    return f"{text}T00:00:00.000Z" if len(text) == 10 else text.replace(" ", "T") + "Z"


def _lines(rows: Sequence[Json]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)
