"""Every subscription that a customer takes out: false starts, trials, second products, and coming back after an end."""

from dataclasses import dataclass, field, replace
from random import Random

from .catalogue import MONTHLY, QUARTERLY, price, tax_for
from .chance import between, happens, pick
from .clock import DAY, HOUR, add_months
from .decisions import Account, Ending, EndKind, Segment, Subscription, Terms
from .frame import Frame
from .purchase import first_coupons, first_items
from .temper import BACKDATED, COMES_BACK, FALSE_START, TRIAL_CONVERTS
from .timeline import live

TRIAL_DAYS = {14: 70.0, 30: 30.0}
FIRST_PAYMENT_HOURS = 23
"""Hours after which Stripe gives a first payment up."""


@dataclass(slots=True)
class Purchases:
    """The subscriptions of one customer, oldest decision first."""

    frame: Frame
    account: Account
    rng: Random
    found: list[Subscription] = field(default_factory=list)

    def subscriptions(self, start: int) -> tuple[Subscription, ...]:
        """All subscriptions of a customer that first buys at `start`."""
        style = self.style(start)
        account, rng = self.account, self.rng
        if not account.trial and not account.sales_led and happens(rng, FALSE_START):
            failed = self.begin(style, start, trial=False)
            gives_up = start + FIRST_PAYMENT_HOURS * HOUR
            never = Ending(gives_up, gives_up, EndKind.NEVER_STARTED)
            self.found.append(replace(failed, ending=never, redemptions=()))
            start = gives_up + between(rng, HOUR, 3 * DAY)
            if start > self.frame.as_of or happens(rng, 0.3):
                return tuple(self.found)
        begun = self.begin(style, start, trial=account.trial)
        if account.trial and not happens(rng, TRIAL_CONVERTS):
            self.found.append(self.abandoned(begun))
        else:
            self.live(begun)
        self.come_back(style)
        if account.segment is Segment.MID and happens(rng, 0.05):
            self.second_product(style)
        return tuple(self.found)

    def style(self, start: int) -> Subscription:
        """What all subscriptions of the customer have in common: tax, collection, billing mode and API version."""
        account, rng, frame = self.account, self.rng, self.frame
        tax = tax_for(account.currency, rng.random(), consumer_like=not account.sales_led)
        invoiced = account.sales_led and happens(rng, 0.7 if account.segment is Segment.ENTERPRISE else 0.2)
        older = start < add_months(frame.opens, 6) and happens(rng, 0.04)
        itemized = not older and start > add_months(frame.as_of, -12) and happens(rng, 0.3)
        return Subscription(
            id="",
            customer=account.id,
            created=0,
            start=0,
            items={},
            tax=tax,
            invoiced=invoiced,
            itemized=itemized,
            older_shape=older,
        )

    def live(self, begun: Subscription) -> Subscription:
        lived = live(begun, self.rng, self.account.segment, self.frame.as_of, self.frame.new_list_from)
        self.found.append(lived)
        return lived

    def begin(self, style: Subscription, start: int, trial: bool) -> Subscription:
        """A subscription as it is bought at `start`, before anything happens to it."""
        account, rng, frame = self.account, self.rng, self.frame
        sub_id = f"sub_{account.id.removeprefix('cus_')}_{len(self.found) + 1}"
        items = first_items(rng, account.segment, account.currency, start, new_list_from=frame.new_list_from)
        created = start
        if account.sales_led and not style.itemized and happens(rng, BACKDATED):
            created = min(frame.as_of, start + between(rng, 4 * DAY, 20 * DAY))
        first = not trial and not self.found
        setup = price("setup" if account.sales_led else "onboarding", 0, account.currency)
        metered = any(terms.price.metered for terms in items.values())
        return replace(
            style,
            id=sub_id,
            created=created,
            start=start,
            items=items,
            trial_end=start + pick(rng, TRIAL_DAYS) * DAY if trial else None,
            redemptions=first_coupons(rng, sub_id, account.segment, items, at=created, trial=trial),
            setup_fee=setup if first and happens(rng, 0.2 if account.sales_led else 0.04) else None,
            usage=tuple(between(rng, 200, 20_000) for _ in range(12)) if metered else (),
        )

    def abandoned(self, begun: Subscription) -> Subscription:
        """A trial that does not convert: cancelled to its end, or at once; undecided where its time is not over."""
        ends = begun.trial_end or begun.start
        asked = between(self.rng, begun.start + HOUR, ends)
        if asked > self.frame.as_of:
            return begun
        if happens(self.rng, 0.2):
            return replace(begun, ending=Ending(asked, asked, EndKind.AT_ONCE, "unused"))
        return replace(begun, ending=Ending(ends, asked, EndKind.PERIOD_END))

    def come_back(self, style: Subscription) -> None:
        """New subscriptions after an end, sometimes more than once; a deleted customer never comes back.

        One that paid for less than a month's end is left out: by months it would be new when it returns, by days not.
        """
        while (last := self.found[-1]).ending and happens(self.rng, COMES_BACK):
            ending = last.ending
            paid_from = last.earns_from(self.frame.as_of)
            brief = paid_from is not None and add_months(paid_from, 1) > ending.at
            start = ending.at + between(self.rng, 2 * DAY, 160 * DAY)
            if ending.kind is EndKind.CUSTOMER_DELETED or brief or start > self.frame.as_of:
                return
            self.live(self.begin(style, start, trial=False))

    def second_product(self, style: Subscription) -> None:
        """Support as a second subscription, begun while the first one runs; deletion of the customer never ends it."""
        rng, frame = self.rng, self.frame
        endings = [s.ending for s in self.found if s.ending]
        start = self.found[0].start + between(rng, 40 * DAY, 200 * DAY)
        doomed = any(ending.kind is EndKind.CUSTOMER_DELETED for ending in endings)
        if doomed or start >= min((ending.at for ending in endings), default=frame.as_of) or start > frame.as_of:
            return
        months = pick(rng, {MONTHLY: 3, QUARTERLY: 1})
        items = {"a": Terms(price("support", months, self.account.currency))}
        begun = self.begin(style, start, trial=False)
        begun = replace(begun, items=items, redemptions=(), created=start, setup_fee=None, usage=())
        lived = self.live(begun)
        if lived.ending and lived.ending.kind is EndKind.CUSTOMER_DELETED:
            self.found[-1] = begun
