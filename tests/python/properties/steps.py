"""What each kind of step does to a running subscription."""

from collections.abc import Callable

from tests.python.properties.running import DAY, Running, copied, moment, worth
from tests.python.rule_cases.objects import Json, covering, line

Take = Callable[[Running, int, int], None]


def quantity(running: Running, now: int, number: int) -> None:
    """Another quantity, perhaps none; prorated on the next bill, on one of its own, or not at all."""
    each = running.items[number % len(running.items)]
    before = copied(running.sub)["items"]
    given_back = _proration(running, each, now, sign=-1)
    each["quantity"] = number * 7 % 31
    _prorate(running, now, number, [given_back, _proration(running, each, now, sign=1)])
    running.tell(now, {"items": {"data": before["data"]}})


def price(running: Running, now: int, number: int) -> None:
    """Another price, of the same product or not."""
    each = running.items[number % len(running.items)]
    before = copied(running.sub)["items"]
    given_back = _proration(running, each, now, sign=-1)
    sold = running.shelf.catalogue.price(running.currency, number)
    each["price"] = {key: value for key, value in sold.items() if key != "tiers"}
    _prorate(running, now, number, [given_back, _proration(running, each, now, sign=1)])
    running.tell(now, {"items": {"data": before["data"]}})


def add(running: Running, now: int, number: int) -> None:
    """One more item, charged at once or with the next bill."""
    before = copied(running.sub)["items"]
    each = running.new_item(number, number % 13)
    each |= {"created": now, "subscription": running.sub["id"]}
    running.items.append(each)
    ends = min((due for due, _ in running.due.values() if due > now), default=now + 30 * DAY)
    running.due[each["id"]] = (ends, 0)
    running.at(ends, "renew")
    _prorate(running, now, number, [_proration(running, each, now, sign=1)])
    running.tell(now, {"items": {"data": before["data"]}})


def remove(running: Running, now: int, number: int) -> None:
    """One item less, unless it is the last."""
    if len(running.items) > 1:
        before = copied(running.sub)["items"]
        each = running.items.pop(number % len(running.items))
        _prorate(running, now, number, [_proration(running, each, now, sign=-1)])
        running.tell(now, {"items": {"data": before["data"]}})


def discount(running: Running, now: int, number: int) -> None:
    running.give(number, now)
    running.tell(now, {"discounts": []})


def item_discount(running: Running, now: int, number: int) -> None:
    running.give(number, now, running.items[number % len(running.items)])
    running.tell(now, {})


def undiscount(running: Running, now: int, number: int) -> None:
    """Every discount gone, those of the items or those of the subscription."""
    for holder in running.items if number % 2 else [running.sub]:
        holder["discounts"] = []
    running.tell(now, {"discounts": ["di_before"]})


def pause(behavior: str) -> Take:
    def take(running: Running, now: int, number: int) -> None:
        resumes = now + 40 * DAY if number % 3 == 0 else None
        if resumes:
            running.at(resumes, "unpause")
        running.update(now, pause_collection={"behavior": behavior, "resumes_at": resumes})

    return take


def resume(running: Running, now: int, _: int) -> None:
    if running.sub["pause_collection"]:
        running.update(now, pause_collection=None)


def fail(running: Running, _: int, number: int) -> None:
    """From the next bill on, nothing is paid."""
    running.is_failing = True
    running.gives_up = number % 2 == 1


def give_up(running: Running, now: int, number: int) -> None:
    """The retries of what is owed end: unpaid, or cancelled."""
    if running.sub["status"] == "past_due":
        if number % 3:
            running.update(now, status="unpaid")
        else:
            running.end(now)


def recover(running: Running, now: int, _: int) -> None:
    running.is_failing = False
    if running.sub["status"] in ("past_due", "unpaid"):
        for bill in running.bills:
            if bill["status"] == "open":
                bill["status"], bill["status_transitions"]["paid_at"] = "paid", now
        running.update(now, status="active")


def trial(running: Running, now: int, number: int) -> None:
    """A trial put in, from now on; a paying customer keeps what it pays."""
    ends = now + (number + 1) * DAY
    for each in running.items:
        running.due[each["id"]] = (now, 0)
    running.update(now, status="trialing", trial_start=now, trial_end=ends)
    running.renew(now)


def void_last(running: Running, now: int, _: int) -> None:
    """The last bill is voided by hand, if it is still open."""
    if running.bills and running.bills[-1]["status"] == "open":
        running.bills[-1]["status"] = "void"
        running.bills[-1]["status_transitions"]["voided_at"] = now


def cancel(running: Running, now: int, number: int) -> None:
    if number % 2:
        _prorate(running, now, 0, [_proration(running, each, now, sign=-1) for each in running.items])
    running.end(now)


def cancel_at_end(running: Running, now: int, _: int) -> None:
    ends = min(due for due, _ in running.due.values())
    if ends > now:
        running.update(now, cancel_at_period_end=True, cancel_at=ends, canceled_at=now)
        running.at(ends, "end")


def keep(running: Running, now: int, _: int) -> None:
    running.update(now, cancel_at_period_end=False, cancel_at=None, canceled_at=None)


def _proration(running: Running, each: Json, now: int, *, sign: int) -> Json:
    amount = sign * (worth(each) // 2)
    ends = max(running.due[each["id"]][0], now)
    return covering(line(each, amount, each["quantity"], proration=True), moment(now), moment(ends))


def _prorate(running: Running, now: int, number: int, lines: list[Json]) -> None:
    """By number: not at all, on a bill of its own, or with the next one."""
    if number % 4 == 0:
        return
    if number % 4 == 1 and running.sub["status"] == "active" and not running.sub["pause_collection"]:
        running.charge(now, lines)
        return
    for each in lines:
        pending = _invoice_item(running, each, now)
        each["parent"]["subscription_item_details"]["invoice_item"] = pending["id"]
        running.shelf.book.objects["invoiceitems"].append(pending)
        running.pending.append(each)


def _invoice_item(running: Running, of: Json, now: int) -> Json:
    """A proration that waits for the next bill."""
    item = of["parent"]["subscription_item_details"]["subscription_item"]
    return {
        "id": f"ii_{running.name}_{len(running.shelf.book.objects['invoiceitems'])}",
        "object": "invoiceitem",
        "customer": running.customer,
        "date": now,
        "invoice": None,
        "livemode": True,
        "parent": {
            "type": "subscription_details",
            "subscription_details": {"subscription": running.sub["id"], "subscription_item": item},
        },
        "proration": True,
    } | {name: of[name] for name in ("amount", "currency", "description", "period", "pricing", "quantity")}


STEPS: dict[str, Take] = {
    "quantity": quantity,
    "price": price,
    "add": add,
    "remove": remove,
    "discount": discount,
    "item_discount": item_discount,
    "undiscount": undiscount,
    "pause_void": pause("void"),
    "pause_uncollectible": pause("mark_uncollectible"),
    "pause_draft": pause("keep_as_draft"),
    "resume": resume,
    "fail": fail,
    "give_up": give_up,
    "recover": recover,
    "trial": trial,
    "void_last": void_last,
    "cancel": cancel,
    "cancel_at_end": cancel_at_end,
    "keep": keep,
}
