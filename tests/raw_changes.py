"""Random changes to raw tables, as later extractions would bring them: new versions of objects, and new objects.

Every change takes (connection, now, dice) and adds versions extracted at `now`; nothing is updated in place.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import duckdb

Change = Callable[[duckdb.DuckDBPyConnection, datetime, random.Random], None]
DAY, MONTH = 86_400, 30 * 86_400


def latest(connection: duckdb.DuckDBPyConnection, stream: str) -> list[dict[str, Any]]:
    """The newest version of every object of a stream that is not deleted, in the order of ids."""
    rows = connection.execute(
        f"select arg_max(payload, (extracted_at, content_hash)) from raw_{stream} group by id order by id"
    ).fetchall()
    return [value for (text,) in rows if not (value := json.loads(text)).get("deleted")]


def put(connection: duckdb.DuckDBPyConnection, stream: str, value: dict[str, Any], now: datetime) -> None:
    """Add a version of an object."""
    payload = json.dumps(value, sort_keys=True, separators=(",", ":"))
    created = value.get("created") or 0
    connection.execute(
        f"insert into raw_{stream} values (?, to_timestamp(?), null, ?, ?, ?, ?)",
        [
            value["id"], created, payload, hashlib.sha256(payload.encode()).hexdigest(), now,
            bool(value.get("deleted") or value.get("archived")),
        ],
    )  # fmt: skip


def _event(
    connection: duckdb.DuckDBPyConnection,
    subscription: dict[str, Any],
    previous: dict[str, Any],
    now: datetime,
    dice: random.Random,
) -> None:
    kind = "deleted" if subscription["status"] == "canceled" else "updated"
    event = {
        "id": f"evt_x{dice.randrange(10**12)}",
        "object": "event",
        "created": int(now.timestamp()) - dice.randrange(3_600),
        "type": f"customer.subscription.{kind}",
        "data": {"object": subscription, "previous_attributes": previous},
    }
    put(connection, "stripe.events", event, now)


def _running(connection: duckdb.DuckDBPyConnection, dice: random.Random) -> dict[str, Any]:
    return dice.choice([one for one in latest(connection, "stripe.subscriptions") if one["status"] == "active"])


def change_quantity(connection: duckdb.DuckDBPyConnection, now: datetime, dice: random.Random) -> None:
    subscription = _running(connection, dice)
    item = dice.choice(subscription["items"]["data"])
    item["quantity"] = (item.get("quantity") or 1) + dice.choice([1, 2, 5])
    put(connection, "stripe.subscriptions", subscription, now)
    if dice.random() < 0.7:
        _event(connection, subscription, {}, now, dice)


def remove_item(connection: duckdb.DuckDBPyConnection, now: datetime, dice: random.Random) -> None:
    subscription = _running(connection, dice)
    items = subscription["items"]["data"]
    if len(items) > 1:
        items.pop(dice.randrange(len(items)))
    put(connection, "stripe.subscriptions", subscription, now)


def cancel(connection: duckdb.DuckDBPyConnection, now: datetime, dice: random.Random) -> None:
    """At once, or (more often) at a time that a later build will have passed."""
    subscription = _running(connection, dice)
    at = int(now.timestamp()) - dice.randrange(DAY)
    if dice.random() < 0.4:
        subscription |= {"status": "canceled", "canceled_at": at, "ended_at": at}
    else:
        subscription |= {
            "cancel_at_period_end": True,
            "canceled_at": at,
            "cancel_at": at + dice.choice([2, 5, 20]) * DAY,
        }
    put(connection, "stripe.subscriptions", subscription, now)
    _event(connection, subscription, {"status": "active"}, now, dice)


def plan_phases(connection: duckdb.DuckDBPyConnection, now: datetime, dice: random.Random) -> None:
    """A schedule of what it is today and of something else later, or the end, or the schedule is given up."""
    schedules = latest(connection, "stripe.subscription_schedules")
    if schedules and dice.random() < 0.5:
        schedule = dice.choice(schedules)
        change = {"released_at": int(now.timestamp())} if dice.random() < 0.3 else {"end_behavior": "cancel"}
        put(connection, "stripe.subscription_schedules", schedule | change, now)
        return
    subscription = _running(connection, dice)
    since, until = int(now.timestamp()) - MONTH, int(now.timestamp()) + dice.choice([1, 3, 40]) * DAY
    listed = [one["id"] for one in latest(connection, "stripe.prices")]
    coupons = [{"coupon": one["id"]} for one in latest(connection, "stripe.coupons")]
    today = [{"price": one["price"]["id"], "quantity": one.get("quantity")} for one in subscription["items"]["data"]]
    later = [{"price": dice.choice(listed), "quantity": dice.randrange(1, 9), "discounts": dice.sample(coupons, 1)}]
    schedule = {
        "id": f"sub_sched_x{dice.randrange(10**12)}",
        "object": "subscription_schedule",
        "created": int(now.timestamp()) - DAY,
        "customer": subscription["customer"],
        "subscription": subscription["id"],
        "end_behavior": "release",
        "phases": [
            {"start_date": since, "end_date": until, "currency": subscription["currency"], "items": today},
            {"start_date": until, "end_date": until + MONTH, "currency": subscription["currency"], "items": later},
        ],
    }
    put(connection, "stripe.subscription_schedules", schedule, now)


def pause(connection: duckdb.DuckDBPyConnection, now: datetime, dice: random.Random) -> None:
    subscription = _running(connection, dice)
    resumes = int(now.timestamp()) + dice.choice([1, 3]) * DAY + dice.randrange(DAY)
    subscription["pause_collection"] = {"behavior": "void", "resumes_at": resumes}
    put(connection, "stripe.subscriptions", subscription, now)
    _event(connection, subscription, {"pause_collection": None}, now, dice)


def fail_payment(connection: duckdb.DuckDBPyConnection, now: datetime, dice: random.Random) -> None:
    subscription = _running(connection, dice)
    subscription["status"] = dice.choice(["past_due", "unpaid"])
    put(connection, "stripe.subscriptions", subscription, now)
    _event(connection, subscription, {"status": "active"}, now, dice)


def give_discount(connection: duckdb.DuckDBPyConnection, now: datetime, dice: random.Random) -> None:
    """To the subscription, or to its customer; sometimes for a few days only."""
    subscription = _running(connection, dice)
    coupon = dice.choice(latest(connection, "stripe.coupons"))
    start = int(now.timestamp()) - dice.randrange(DAY)
    to_customer = dice.random() < 0.4
    discount = {
        "id": f"di_x{dice.randrange(10**12)}",
        "object": "discount",
        "customer": subscription["customer"],
        "subscription": None if to_customer else subscription["id"],
        "start": start,
        "end": start + 3 * DAY if dice.random() < 0.5 else None,
        "source": {"type": "coupon", "coupon": coupon if dice.random() < 0.5 else coupon["id"]},
    }
    if to_customer:
        customers = [one for one in latest(connection, "stripe.customers") if one["id"] == subscription["customer"]]
        put(connection, "stripe.customers", {**customers[0], "discount": discount}, now)
    else:
        put(connection, "stripe.subscriptions", {**subscription, "discounts": [discount]}, now)


def end_discounts(connection: duckdb.DuckDBPyConnection, now: datetime, dice: random.Random) -> None:
    with_discount = [one for one in latest(connection, "stripe.subscriptions") if one["discounts"]]
    if with_discount:
        put(connection, "stripe.subscriptions", {**dice.choice(with_discount), "discounts": []}, now)


def bill(connection: duckdb.DuckDBPyConnection, now: datetime, dice: random.Random) -> None:
    """The next bill of a subscription: its last one, a month later."""
    text = json.dumps(dice.choice(latest(connection, "stripe.invoices")))
    old = json.loads(text)
    new = json.loads(text.replace(old["id"], f"in_x{dice.randrange(10**12)}").replace('"id": "il_', '"id": "il_x'))
    shift = int(now.timestamp()) - dice.randrange(DAY) - old["created"]
    new["created"] += shift
    for name, value in new["status_transitions"].items():
        new["status_transitions"][name] = value and value + shift
    for line in new["lines"]["data"]:
        line["period"] = {"start": line["period"]["start"] + shift, "end": line["period"]["end"] + shift}
    put(connection, "stripe.invoices", new, now)


def rebill(connection: duckdb.DuckDBPyConnection, now: datetime, dice: random.Random) -> None:
    """An old bill in a new version: voided, written off, paid, or with a line less."""
    invoice = dice.choice(latest(connection, "stripe.invoices"))
    kind = dice.choice(["void", "uncollectible", "paid", "line"])
    if kind == "line":
        invoice["lines"]["data"] = invoice["lines"]["data"][1:]
    else:
        invoice["status"] = kind
        stamp = {"void": "voided_at", "uncollectible": "marked_uncollectible_at", "paid": "paid_at"}[kind]
        invoice["status_transitions"][stamp] = int(now.timestamp()) - dice.randrange(DAY)
    put(connection, "stripe.invoices", invoice, now)


def change_invoiceitem(connection: duckdb.DuckDBPyConnection, now: datetime, dice: random.Random) -> None:
    item = dice.choice(latest(connection, "stripe.invoiceitems"))
    put(connection, "stripe.invoiceitems", dice.choice([{**item, "invoice": None}, {**item, "deleted": True}]), now)


def delete_customer(connection: duckdb.DuckDBPyConnection, now: datetime, dice: random.Random) -> None:
    customer = dice.choice(latest(connection, "stripe.customers"))
    put(connection, "stripe.customers", {"id": customer["id"], "object": "customer", "deleted": True}, now)


def new_customer(connection: duckdb.DuckDBPyConnection, now: datetime, dice: random.Random) -> None:
    """Somebody's whole history once more, under other ids."""
    number = dice.choice([one["customer"] for one in latest(connection, "stripe.subscriptions")]).removeprefix("cus_")
    name = f"X{dice.randrange(10**9)}"
    for stream in ("customers", "subscriptions", "invoices", "invoiceitems"):
        for value in latest(connection, f"stripe.{stream}"):
            text = json.dumps(value)
            if number in value["id"]:
                put(connection, f"stripe.{stream}", json.loads(text.replace(number, name)), now)


def change_price(connection: duckdb.DuckDBPyConnection, now: datetime, dice: random.Random) -> None:
    price = dice.choice(latest(connection, "stripe.prices"))
    if price.get("tiers"):
        price["tiers"][0]["unit_amount"] = price["tiers"][0]["unit_amount_decimal"] = dice.randrange(100, 9_000)
    else:
        price["unit_amount"] = dice.randrange(100, 9_000)
        price["unit_amount_decimal"] = str(price["unit_amount"])
    put(connection, "stripe.prices", price, now)


def restate_price(connection: duckdb.DuckDBPyConnection, now: datetime, dice: random.Random) -> None:
    """Another currency becomes the price's own; what it was sold in is one of its options, or only bills tell it."""
    price = dice.choice(latest(connection, "stripe.prices"))
    amounts = {key: price.get(key) for key in ("unit_amount", "unit_amount_decimal", "tiers") if price.get(key)}
    if not price.get("tiers"):
        amounts["unit_amount_decimal"] = str(dice.randrange(100, 9_000))
    price |= {"currency": "isk", "currency_options": {price["currency"]: amounts} if dice.random() < 0.7 else {}}
    put(connection, "stripe.prices", price, now)


def rename_product(connection: duckdb.DuckDBPyConnection, now: datetime, dice: random.Random) -> None:
    product = dice.choice(latest(connection, "stripe.products"))
    put(connection, "stripe.products", {**product, "name": f"Plan {dice.randrange(1_000)}"}, now)


def change_coupon(connection: duckdb.DuckDBPyConnection, now: datetime, dice: random.Random) -> None:
    coupon = dice.choice(latest(connection, "stripe.coupons"))
    if coupon.get("percent_off"):
        coupon["percent_off"] = dice.randrange(5, 60)
    elif coupon.get("amount_off") and coupon["currency"] != "isk":
        options = {coupon["currency"]: {"amount_off": dice.randrange(100, 3_000)}}
        coupon |= {"currency": "isk", "currency_options": options if dice.random() < 0.7 else {}}
    put(connection, "stripe.coupons", {**coupon, "name": "changed"}, now)


def move_rates(connection: duckdb.DuckDBPyConnection, now: datetime, dice: random.Random) -> None:
    """A payment in another currency at today's rate."""
    quoted = [one for one in latest(connection, "stripe.balance_transactions") if one.get("exchange_rate")]
    if quoted:
        new = {
            **dice.choice(quoted),
            "id": f"txn_x{dice.randrange(10**12)}",
            "exchange_rate": round(dice.uniform(0.8, 1.3), 4),
            "created": int(now.timestamp()) - dice.choice([60, 60, 40 * DAY]),
        }
        put(connection, "stripe.balance_transactions", new, now)


def change_crm(connection: duckdb.DuckDBPyConnection, now: datetime, dice: random.Random) -> None:
    """Another stage for a contact, another segment for a company, a deal that is gone."""
    contact = dice.choice(latest(connection, "hubspot.contacts"))
    history = contact["propertiesWithHistory"].setdefault("lifecyclestage", [])
    history.insert(0, {"value": "customer", "timestamp": now.isoformat(), "sourceType": "CRM_UI"})
    put(connection, "hubspot.contacts", contact, now)
    company = dice.choice(latest(connection, "hubspot.companies"))
    company["properties"]["segment"] = dice.choice(["smb", "enterprise"])
    put(connection, "hubspot.companies", company, now)
    put(connection, "hubspot.deals", {**dice.choice(latest(connection, "hubspot.deals")), "archived": True}, now)


def fail_charge(connection: duckdb.DuckDBPyConnection, now: datetime, dice: random.Random) -> None:
    """Some weeks ago: it counts at month ends that are over."""
    at = int(now.timestamp()) - dice.choice([1, 25, 50]) * DAY
    charge = dice.choice(latest(connection, "stripe.charges"))
    failed = {"id": f"ch_x{dice.randrange(10**12)}", "status": "failed", "paid": False, "created": at}
    put(connection, "stripe.charges", {**charge, **failed}, now)


def dispute(connection: duckdb.DuckDBPyConnection, now: datetime, dice: random.Random) -> None:
    charge = dice.choice(latest(connection, "stripe.charges"))
    at = int(now.timestamp()) - dice.choice([1, 40]) * DAY
    new = {"id": f"du_x{dice.randrange(10**12)}", "object": "dispute", "charge": charge["id"], "created": at}
    put(connection, "stripe.disputes", {**new, "status": "needs_response", "amount": charge["amount"]}, now)


def use_meter(connection: duckdb.DuckDBPyConnection, now: datetime, dice: random.Random) -> None:
    """A day of usage, some of it read late; sometimes by somebody who never used the meter."""
    customer = dice.choice(latest(connection, "stripe.customers"))["id"]
    start = (int(now.timestamp()) // DAY - dice.choice([1, 30, 45])) * DAY
    usage = {
        "id": f"mtr_calls:{customer}:{start}", "customer": customer, "meter": "mtr_calls", "start_time": start,
        "end_time": start + DAY, "aggregated_value": dice.randrange(1, 5_000),
    }  # fmt: skip
    put(connection, "stripe.meter_event_summaries", usage, now)


def speak_to_company(connection: duckdb.DuckDBPyConnection, now: datetime, dice: random.Random) -> None:
    """Some of it as HubSpot's history tells of months that are over."""
    at = (now - timedelta(days=dice.choice([1, 30, 45]))).isoformat()
    for company in dice.sample(latest(connection, "hubspot.companies"), 5):
        company["properties"]["notes_last_contacted"] = at
        company["propertiesWithHistory"]["notes_last_contacted"] = [{"value": at, "timestamp": at}]
        put(connection, "hubspot.companies", company, now)


def answer_survey(connection: duckdb.DuckDBPyConnection, now: datetime, dice: random.Random) -> None:
    """Answers that are other ones, or given at another time."""
    answers = latest(connection, "hubspot.feedback_submissions")
    for answer in dice.sample(answers, min(len(answers), 5)):
        answer["properties"]["hs_value"] = str(dice.randrange(11))
        answer["properties"]["hs_submission_timestamp"] = (now - timedelta(days=dice.choice([1, 40]))).isoformat()
        put(connection, "hubspot.feedback_submissions", answer, now)


def merge_companies(connection: duckdb.DuckDBPyConnection, now: datetime, dice: random.Random) -> None:
    gone, kept = dice.sample(latest(connection, "hubspot.companies"), 2)
    ids = [kept["properties"].get("hs_merged_object_ids"), gone["id"]]
    kept["properties"]["hs_merged_object_ids"] = ";".join(one for one in ids if one)
    put(connection, "hubspot.companies", kept, now)
    put(connection, "hubspot.companies", {**gone, "archived": True}, now)


CHANGES: tuple[Change, ...] = (
    change_quantity,
    remove_item,
    cancel,
    plan_phases,
    pause,
    fail_payment,
    give_discount,
    end_discounts,
    bill,
    rebill,
    change_invoiceitem,
    delete_customer,
    new_customer,
    change_price,
    restate_price,
    rename_product,
    change_coupon,
    move_rates,
    change_crm,
    fail_charge,
    dispute,
    use_meter,
    speak_to_company,
    answer_survey,
    merge_companies,
)
