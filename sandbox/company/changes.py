"""The changes a subscription can go through: seats, plans, add-ons, cadence.

Each is a list of item changes at one time, empty where the subscription leaves no room for it.
"""

from random import Random

from .catalogue import ANNUAL, MONTHLY, price, product_key
from .chance import between, happens, pick, triangular
from .decisions import Billing, Change, Terms
from .purchase import ADD_ONS, SEAT_PRODUCTS
from .temper import Temper

Items = dict[str, Terms]
_UP = {"starter": "team", "starter2": "team", "team": "growth"}
_DOWN = {"growth": "team", "team": "starter2"}


def seat_item(items: Items) -> str | None:
    """The letter of the item that is billed by seat, if there is one."""
    return next((k for k, terms in items.items() if product_key(terms.price) in SEAT_PRODUCTS), None)


def seats(rng: Random, items: Items, temper: Temper, at: int, *, billing: Billing, up: bool) -> list[Change]:
    """More seats by the segment's growth, or fewer by half of it; nothing where no seats are sold or one is left."""
    item = seat_item(items)
    if item is None:
        return []
    now = items[item].quantity
    step = max(1, round(now * triangular(rng, temper.growth) * (1 if up else 0.6)))
    then = now + step if up else max(1, now - step)
    return [Change(at, item, Terms(items[item].price, then), billing)] if then != now else []


def plan(rng: Random, items: Items, at: int, billing: Billing, up: bool) -> list[Change]:
    """The next plan up or down: Starter, Team, Growth. Seats are kept, a flat plan becomes a handful of them."""
    sold = items["a"].price
    key, quantity = product_key(sold), items["a"].quantity
    ladder = _UP if up else _DOWN
    if key not in ladder:
        return []
    if ladder[key] == "starter2":
        quantity = 1
    elif key.startswith("starter"):
        quantity = between(rng, 5, 9)
    return [Change(at, "a", Terms(price(ladder[key], sold.months, sold.currency), quantity), billing)]


def new_list_price(items: Items, at: int, new_list_from: int) -> list[Change]:
    """The move of an old Starter customer to the new price list at a renewal; nothing for others or before its time."""
    sold = items["a"].price
    if product_key(sold) != "starter" or at < new_list_from:
        return []
    return [Change(at, "a", Terms(price("starter2", sold.months, sold.currency)), Billing.AT_RENEWAL)]


def add_on(rng: Random, items: Items, at: int, billing: Billing, letter: str) -> list[Change]:
    """An add-on that the subscription does not have yet, as a new item."""
    owned = {product_key(terms.price) for terms in items.values()}
    offered = {key: 1.0 for key in ADD_ONS if key not in owned}
    if not offered:
        return []
    main = items["a"].price
    return [Change(at, letter, Terms(price(pick(rng, offered), main.months, main.currency)), billing)]


def drop_add_on(items: Items, at: int, billing: Billing) -> list[Change]:
    """The first add-on taken away again; nothing where there is none."""
    owned = [k for k, terms in items.items() if product_key(terms.price) in ADD_ONS]
    return [Change(at, owned[0], None, billing)] if owned else []


def to_annual(items: Items, at: int) -> list[Change]:
    """Monthly to annual from `at`, the billing period restarting then; not with metered items, which stay monthly."""
    if items["a"].price.months != MONTHLY or any(terms.price.metered for terms in items.values()):
        return []
    return _recadenced(items, at, ANNUAL, Billing.RESTART)


def to_monthly(items: Items, at: int) -> list[Change]:
    """Annual to monthly at a renewal."""
    if items["a"].price.months != ANNUAL:
        return []
    return _recadenced(items, at, MONTHLY, Billing.AT_RENEWAL)


def _recadenced(items: Items, at: int, months: int, billing: Billing) -> list[Change]:
    return [
        Change(at, k, Terms(price(product_key(t.price), months, t.price.currency), t.quantity), billing)
        for k, t in items.items()
    ]


def mid_cycle_billing(rng: Random, months: int) -> Billing:
    """How a change in mid-cycle is billed: monthly customers mostly on the next invoice, others mostly at once."""
    return Billing.NEXT_INVOICE if happens(rng, 0.7 if months == MONTHLY else 0.2) else Billing.NOW
