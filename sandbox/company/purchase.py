"""What a new customer buys first: plan, seats, cadence and coupons, by segment."""

from random import Random

from .catalogue import ANNUAL, COUPONS, MONTHLY, QUARTERLY, price
from .chance import between, happens, pick
from .clock import add_months
from .decisions import Coupon, Redemption, Segment, Terms

SEAT_PRODUCTS = ("team", "growth", "seat", "scale", "bundle")
ADD_ONS = ("analytics", "sso")

_PLANS: dict[Segment, dict[str, float]] = {
    Segment.SMB: {"starter": 45, "team": 43, "growth": 12},
    Segment.MID: {"growth": 52, "platform": 36, "bundle": 12},
    Segment.ENTERPRISE: {"scale": 60, "bundle": 40},
}
_SEATS: dict[tuple[Segment, str], tuple[int, int]] = {
    (Segment.SMB, "team"): (2, 10),
    (Segment.SMB, "growth"): (2, 7),
    (Segment.MID, "growth"): (12, 50),
    (Segment.MID, "platform"): (10, 40),
    (Segment.MID, "bundle"): (20, 80),
    (Segment.ENTERPRISE, "scale"): (70, 380),
    (Segment.ENTERPRISE, "bundle"): (90, 350),
}
_CADENCES: dict[Segment, dict[int, float]] = {
    Segment.SMB: {MONTHLY: 80, QUARTERLY: 3, ANNUAL: 17},
    Segment.MID: {MONTHLY: 50, QUARTERLY: 18, ANNUAL: 32},
    Segment.ENTERPRISE: {QUARTERLY: 20, ANNUAL: 80},
}
_ADD_ON_SHARE = {Segment.SMB: 0.06, Segment.MID: 0.20, Segment.ENTERPRISE: 0.0}


def starter_product(at: int, new_list_from: int) -> str:
    """The Starter plan on the price list in force at `at`."""
    return "starter2" if at >= new_list_from else "starter"


def first_items(rng: Random, segment: Segment, currency: str, at: int, *, new_list_from: int) -> dict[str, Terms]:
    """The items of a first purchase, by item letter; all of one cadence, metered ones on monthly plans only."""
    plan = pick(rng, _PLANS[segment])
    months = pick(rng, _CADENCES[segment])
    items: dict[str, Terms] = {}
    if plan == "starter":
        items["a"] = Terms(price(starter_product(at, new_list_from), months, currency))
    elif plan == "platform":
        items["a"] = Terms(price("platform", months, currency))
        items["b"] = Terms(price("seat", months, currency), between(rng, *_SEATS[segment, plan]))
    else:
        items["a"] = Terms(price(plan, months, currency), between(rng, *_SEATS[segment, plan]))
    letters = iter("cdef")
    if happens(rng, _ADD_ON_SHARE[segment]):
        items[next(letters)] = Terms(price(pick(rng, {"analytics": 2, "sso": 1}), months, currency))
    if segment is Segment.ENTERPRISE and happens(rng, 0.5):
        items[next(letters)] = Terms(price("support", months, currency))
    if months == MONTHLY and plan != "starter" and happens(rng, 0.10):
        items[next(letters)] = Terms(price("calls", MONTHLY, currency), 0)
    return items


def redeem(subscription: str, ordinal: int, coupon: Coupon, at: int, item: str | None = None) -> Redemption:
    """A coupon given at `at`; a repeating one ends its months later to the second."""
    end = add_months(at, coupon.months) if coupon.months else None
    return Redemption(f"di_{subscription.removeprefix('sub_')}_{ordinal}", coupon, at, end, item)


def first_coupons(
    rng: Random, subscription: str, segment: Segment, items: dict[str, Terms], *, at: int, trial: bool
) -> tuple[Redemption, ...]:
    """The coupons of a first purchase. A `once` coupon never comes with a trial, whose first invoice is empty."""
    months = items["a"].price.months
    currency = items["a"].price.currency
    if items["a"].price.product == "prod_platform" and months == MONTHLY and happens(rng, 0.15):
        return (redeem(subscription, 1, COUPONS[f"base_{currency}"], at, "a"),)
    chosen: str | None = None
    if segment is Segment.SMB:
        offers = {"launch30": 12.0 if months == MONTHLY else 0.0, "welcome": 0.0 if trial else 6.0, "nonprofit50": 3.0}
    else:
        offers = {"partner20": 10.0, "firstyear15": 9.0}
    chosen = pick(rng, {**offers, "": 100 - sum(offers.values())})
    if not chosen:
        return ()
    redemptions = [redeem(subscription, 1, COUPONS[f"welcome_{currency}" if chosen == "welcome" else chosen], at)]
    if chosen == "partner20" and happens(rng, 0.25):
        redemptions.append(redeem(subscription, 2, COUPONS["firstyear15"], at))
    return tuple(redemptions)
