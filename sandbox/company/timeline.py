"""The life of one subscription, decided month by month from its beginning to `as_of`.

Each month holds at most one thing (a change, a pause, a coupon, a request to cancel), so decisions never contradict
each other and the order of events is never in doubt.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from string import ascii_lowercase

from . import changes
from .catalogue import COUPONS, MONTHLY
from .chance import between, happens, pick
from .clock import DAY, HOUR, add_months
from .decisions import (
    Billing,
    Change,
    Ending,
    EndKind,
    Outcome,
    Pause,
    Payment,
    Redemption,
    Segment,
    Subscription,
    Terms,
)
from .pauses import SURELY_AN_EVENT, gives_up_while_paused, plan_pause
from .purchase import redeem
from .temper import TEMPERS

RETRY_DAYS = {3: 2, 8: 3, 15: 4}
"""days after the first failed charge -> attempts made by then."""
GIVE_UP_DAYS = 22
FEEDBACK = {
    "too_expensive": 4.0, "unused": 3.0, "missing_features": 2.0, "switched_service": 3.0, "too_complex": 1.0,
    "low_quality": 0.7, "customer_service": 0.5, "other": 0.8,
}  # fmt: skip


def live(begun: Subscription, rng: Random, segment: Segment, as_of: int, new_list_from: int) -> Subscription:
    """`begun` with everything that happens to it until `as_of`. A trial is taken to convert at its end."""
    walk = _Walk(begun, rng, segment, as_of, new_list_from)
    walk.run()
    return walk.lived()


@dataclass
class _Walk:
    begun: Subscription
    rng: Random
    segment: Segment
    as_of: int
    new_list_from: int
    anchor: int = 0
    elapsed: int = 0
    billed_at: int = 0
    items: dict[str, Terms] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    redemptions: list[Redemption] = field(default_factory=list)
    payments: dict[int, Payment] = field(default_factory=dict)
    ending: Ending | None = None
    unpaid_from: int | None = None
    written_off: bool = False
    stopped: bool = False

    def __post_init__(self) -> None:
        self.anchor = self.begun.trial_end or self.begun.created
        self.items = dict(self.begun.items)
        self.redemptions = list(self.begun.redemptions)
        self.temper = TEMPERS[self.segment]

    @property
    def months(self) -> int:
        return self.items["a"].price.months

    @property
    def opens(self) -> int:
        return add_months(self.anchor, self.elapsed)

    @property
    def closes(self) -> int:
        return add_months(self.anchor, self.elapsed + 1)

    @property
    def next_renewal(self) -> int:
        """End of the billing period under way; `elapsed` of the last renewal is `billed_at`."""
        return add_months(self.anchor, self.billed_at + self.months)

    def run(self) -> None:
        while not self.stopped and self.opens <= self.as_of:
            if self.elapsed - self.billed_at in (0, self.months):
                self.billed_at = self.elapsed
                self.renew(self.opens)
            if not self.stopped:
                self.live_month()

    def lived(self) -> Subscription:
        return replace(
            self.begun,
            changes=tuple(self.changes),
            pauses=tuple(self.pauses),
            redemptions=tuple(self.redemptions),
            payments=self.payments,
            ending=self.ending,
            unpaid_from=self.unpaid_from,
            written_off=self.written_off,
        )

    def renew(self, at: int) -> None:
        """How the invoice made at `at` is paid. The first charge always succeeds: else nothing would have begun."""
        if self.begun.invoiced:
            if self.elapsed and happens(self.rng, 0.03):
                self.payments[at] = Payment(Outcome.VOIDED, at + HOUR + between(self.rng, 2 * DAY, 6 * DAY), 0)
            else:
                self.payments[at] = Payment(Outcome.SENT, at + HOUR + between(self.rng, 3 * DAY, 29 * DAY), 0)
        elif self.elapsed and happens(self.rng, self.temper.payment_fails):
            self.fail_payment(at)

    def fail_payment(self, at: int) -> None:
        if happens(self.rng, 0.75):
            days = pick(self.rng, {3: 5, 8: 3, 15: 2})
            self.payments[at] = Payment(Outcome.RECOVERED, at + HOUR + days * DAY, RETRY_DAYS[days])
            return
        self.payments[at] = Payment(Outcome.UNPAID, None, 4)
        self.stopped = True
        gives_up = at + HOUR + GIVE_UP_DAYS * DAY
        if gives_up > self.as_of:
            return
        if gives_up > self.as_of - SURELY_AN_EVENT and happens(self.rng, 0.5):
            self.unpaid_from = gives_up
        else:
            self.ending = Ending(gives_up, gives_up, EndKind.PAYMENT_FAILED)
            self.written_off = happens(self.rng, 0.5)

    def live_month(self) -> None:
        """One month of subscription: what happens in it, and on to the next one."""
        at = between(self.rng, self.opens + 2 * HOUR, self.closes - HOUR)
        what = pick(self.rng, self.hazards())
        if what in ("cancel", "leave_at_once", "delete"):
            self.leave(what, at)
        elif what == "pause":
            self.pause()
        elif what == "save_offer":
            self.offer(at)
        elif what:
            self.change(what, at)
        if what != "pause":
            self.elapsed += 1

    def hazards(self) -> dict[str, float]:
        """What may happen this month and how likely; '' is nothing."""
        temper, monthly = self.temper, self.months == MONTHLY
        last = self.closes == self.next_renewal
        leaving = 1 - (1 - temper.churn) ** self.months if last else 0.0
        fixed_amount = any(r.coupon.amount and r.coupon.duration == "forever" for r in self.redemptions)
        found = {
            "cancel": leaving * 0.78,
            "leave_at_once": leaving * 0.22 if monthly else temper.churn * 0.1,
            "delete": temper.deleted,
            "pause": temper.pause if monthly and not self.begun.invoiced else 0.0,
            "save_offer": temper.save_offer if monthly and not self.redemptions else 0.0,
            "seats_up": temper.seats_up,
            "seats_down": temper.seats_down,
            "plan_up": temper.plan_up,
            "plan_down": temper.plan_down,
            "add_on": temper.add_on,
            "drop_add_on": temper.add_on_off,
            "to_annual": temper.to_annual if monthly and not fixed_amount else 0.0,
            "to_monthly": temper.to_monthly if last else 0.0,
            "new_list_price": 0.35 if last else 0.0,
        }
        return {**found, "": max(0.0, 1 - sum(found.values()))}

    def leave(self, what: str, at: int) -> None:
        if at > self.as_of:
            return
        feedback = pick(self.rng, FEEDBACK) if happens(self.rng, 0.6) else None
        if what == "delete":
            self.ending = Ending(at, at, EndKind.CUSTOMER_DELETED)
        elif what == "leave_at_once":
            kind = EndKind.AT_ONCE_CREDITED if happens(self.rng, 0.5) else EndKind.AT_ONCE
            self.ending = Ending(at, at, kind, feedback)
        else:
            self.ending = Ending(self.next_renewal, at, EndKind.PERIOD_END, feedback)
        self.stopped = True

    def pause(self) -> None:
        planned = plan_pause(self.rng, self.anchor, self.elapsed, self.as_of)
        if planned is None:
            self.elapsed += 1
            return
        pause, swallowed = planned
        if pause.end is not None and gives_up_while_paused(self.rng):
            ends = add_months(self.anchor, self.elapsed + swallowed + 1)
            asked = between(self.rng, add_months(self.anchor, self.elapsed + swallowed) + HOUR, ends)
            if asked <= self.as_of:
                pause = replace(pause, end=None)
                self.ending = Ending(ends, asked, EndKind.PERIOD_END, "unused")
                self.stopped = True
        self.pauses.append(pause)
        self.elapsed += swallowed + 1
        self.billed_at = self.elapsed - 1
        self.stopped |= pause.end is None

    def offer(self, at: int) -> None:
        if at <= self.as_of:
            self.redemptions.append(redeem(self.begun.id, 9, COUPONS["stay25"], at))

    def change(self, what: str, at: int) -> None:
        """One change of the items, at its own time or at the renewal that closes this month."""
        last = self.closes == self.next_renewal
        at_renewal = last and happens(self.rng, 0.3)
        billing = Billing.AT_RENEWAL if at_renewal else changes.mid_cycle_billing(self.rng, self.months)
        when = self.closes if at_renewal or what in ("to_monthly", "new_list_price") else at
        made = self.draft(what, when, billing)
        if not made or when > self.as_of:
            return
        self.changes += made
        for change in made:
            if change.terms is None:
                del self.items[change.item]
            else:
                self.items[change.item] = change.terms
        if made[0].billing is Billing.RESTART:
            self.anchor, self.billed_at, self.elapsed = when, 0, -1  # the month under way now opens at the restart
        elif what == "to_monthly":
            self.billed_at = self.elapsed + 1

    def draft(self, what: str, at: int, billing: Billing) -> list[Change]:
        rng, items = self.rng, self.items
        used = {*self.begun.items, *(change.item for change in self.changes)}
        free = next(letter for letter in ascii_lowercase if letter not in used)
        kinds: dict[str, Callable[[], list[Change]]] = {
            "seats_up": lambda: changes.seats(rng, items, self.temper, at, billing=billing, up=True),
            "seats_down": lambda: changes.seats(rng, items, self.temper, at, billing=billing, up=False),
            "plan_up": lambda: changes.plan(rng, items, at, billing, up=True),
            "plan_down": lambda: changes.plan(rng, items, at, billing, up=False),
            "add_on": lambda: changes.add_on(rng, items, at, billing, free),
            "drop_add_on": lambda: changes.drop_add_on(items, at, billing),
            "to_annual": lambda: changes.to_annual(items, at),
            "to_monthly": lambda: changes.to_monthly(items, at),
            "new_list_price": lambda: changes.new_list_price(items, at, self.new_list_from),
        }
        return kinds[what]()
