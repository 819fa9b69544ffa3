"""Cursors and what events say."""

import json

import msgspec
import pytest

from orchestration.stripe.events import OVERLAP_SECONDS, Changes, Cursor, Event, decode_cursor, parse_event
from orchestration.stripe.streams import STREAMS

DAY = 86_400


def event(identifier: str, at: int, kind: str, **about: object) -> Event:
    """An event as the API sends it."""
    value = {"id": identifier, "type": kind, "created": at, "data": {"object": about}}
    parsed = parse_event(msgspec.Raw(json.dumps(value).encode()))
    assert parsed
    return parsed


def changes(**cursors: Cursor) -> Changes:
    """What events mean for the streams that have a cursor."""
    return Changes(STREAMS, cursors, {name: {} for name in cursors})


def test_a_cursor_survives_its_text() -> None:
    cursor = Cursor(5, 3, frozenset({"evt_1"}))
    assert decode_cursor(cursor.encode()) == cursor
    assert decode_cursor(None) is decode_cursor("2026-01-01") is None


@pytest.mark.parametrize(
    ("now", "too_old"),
    [
        (Cursor(100 + 27 * DAY, 90), False),
        (Cursor(100 + 29 * DAY, 90), True),
        (Cursor(100, 90 + 29 * DAY), True),  # our clock and the events disagree: the events are believed
    ],
)
def test_a_cursor_is_too_old_after_28_days(now: Cursor, too_old: bool) -> None:
    assert Cursor(100, 90).is_too_old(now) is too_old


def test_an_account_without_events_is_not_too_old() -> None:
    assert not Cursor(100, 0).is_too_old(Cursor(200, 40 * DAY))


def test_an_event_is_followed_once_also_within_the_overlap() -> None:
    first = changes(products=Cursor(0, 1_000))
    first.note(event("evt_2", 1_100, "product.updated", object="product", id="prod_1", created=7))
    assert first.named == {"products": {"prod_1": 7}}
    second = changes(products=first.cursor("products", 0))
    assert second.since() == 1_100 - OVERLAP_SECONDS
    second.note(event("evt_2", 1_100, "product.updated", object="product", id="prod_1"))
    assert second.named == {"products": {}}
    second.note(event("evt_late", 1_050, "product.updated", object="product", id="prod_2"))
    assert second.named == {"products": {"prod_2": None}}


@pytest.mark.parametrize(
    ("kind", "about", "named"),
    [
        ("plan.updated", {"object": "plan", "id": "price_1"}, ("prices", "price_1")),
        ("invoiceitem.created", {"object": "invoiceitem", "id": "ii_1", "date": 5}, ("invoiceitems", "ii_1")),
        ("billing.meter.updated", {"object": "billing.meter", "id": "mtr_1"}, ("meters", "mtr_1")),
        ("charge.dispute.closed", {"object": "dispute", "id": "dp_1"}, ("disputes", "dp_1")),
        (
            "customer.discount.created",
            {"object": "discount", "id": "di_1", "customer": "cus_1"},
            ("customers", "cus_1"),
        ),
        (
            "customer.discount.deleted",
            {"object": "discount", "id": "di_1", "customer": "cus_1", "subscription": "sub_1"},
            ("subscriptions", "sub_1"),
        ),
    ],
)
def test_events_name_the_object_that_changed(kind: str, about: dict[str, object], named: tuple[str, str]) -> None:
    told = changes(**{stream.name: Cursor(0, 0) for stream in STREAMS if stream.changes == "events"})
    told.note(event("evt_1", 10, kind, **about))
    stream, identifier = named
    assert identifier in told.named[stream]


@pytest.mark.parametrize(("later", "named"), [("evt_1", False), ("evt_2", True)])
def test_what_an_interrupted_run_has_fetched_is_named_only_if_it_changed_since(later: str, named: bool) -> None:
    kept = {"in_1": Cursor(20, 10, frozenset({"evt_1"}))}
    told = Changes(STREAMS, {"invoices": Cursor(0, 0)}, {"invoices": kept})
    told.note(event(later, 10, "invoice.paid", object="invoice", id="in_1"))
    assert ("in_1" in told.named["invoices"]) is named


def test_an_event_without_an_object_of_its_own_names_nothing() -> None:
    told = changes(invoices=Cursor(0, 0))
    told.note(event("evt_1", 10, "invoice.upcoming", object="invoice", id=None))
    told.note(event("evt_2", 10, "balance.available", object="balance"))
    assert told.named == {"invoices": {}}


def test_only_deletions_count_as_deletions() -> None:
    deleted = event("evt_1", 1, "coupon.deleted", object="coupon", id="SPRING")
    ended = event("evt_2", 1, "customer.subscription.deleted", object="subscription", id="sub_1")
    assert deleted.deleted and json.loads(deleted.deleted) == {"object": "coupon", "id": "SPRING"}
    assert ended.deleted is None


def test_a_deleted_price_is_not_shown_by_its_plan() -> None:
    """Both are told of; the plan has other fields than the prices of the list."""
    told = changes(prices=Cursor(0, 0))
    told.note(event("evt_2", 2, "plan.deleted", object="plan", id="price_1", interval="month"))
    assert (told.named, told.deleted) == ({"prices": {"price_1": None}}, {})
    told.note(event("evt_1", 1, "price.deleted", object="price", id="price_1"))
    shown = told.deleted["prices", "price_1"]
    assert json.loads(shown) == {"object": "price", "id": "price_1"}


def test_an_event_of_another_form_is_kept_but_not_followed() -> None:
    assert parse_event(msgspec.Raw(b'{"id": "evt_1", "created": "yesterday"}')) is None
