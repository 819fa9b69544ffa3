"""How likely things are to happen to a customer in a month of subscription, by segment.

The figures are chosen so that the company's benchmarks lie partly inside, partly outside the healthy ranges: small
customers leave too often, large ones stay and grow.
"""

from dataclasses import dataclass

from .decisions import Segment


@dataclass(frozen=True, slots=True)
class Temper:
    """Probabilities a month; `growth` is the share of seats added by an expansion (low, most likely, high)."""

    churn: float
    seats_up: float
    seats_down: float
    growth: tuple[float, float, float]
    plan_up: float
    plan_down: float
    add_on: float
    add_on_off: float
    to_annual: float
    to_monthly: float
    pause: float
    payment_fails: float
    save_offer: float
    deleted: float


TEMPERS = {
    Segment.SMB: Temper(
        churn=0.022, seats_up=0.045, seats_down=0.018, growth=(0.2, 0.35, 0.8), plan_up=0.020, plan_down=0.006,
        add_on=0.012, add_on_off=0.006, to_annual=0.010, to_monthly=0.05, pause=0.016, payment_fails=0.030,
        save_offer=0.006, deleted=0.003,
    ),
    Segment.MID: Temper(
        churn=0.008, seats_up=0.075, seats_down=0.025, growth=(0.05, 0.12, 0.35), plan_up=0.0, plan_down=0.0,
        add_on=0.020, add_on_off=0.010, to_annual=0.012, to_monthly=0.04, pause=0.004, payment_fails=0.015,
        save_offer=0.004, deleted=0.0005,
    ),
    Segment.ENTERPRISE: Temper(
        churn=0.0025, seats_up=0.060, seats_down=0.012, growth=(0.04, 0.10, 0.25), plan_up=0.0, plan_down=0.0,
        add_on=0.015, add_on_off=0.004, to_annual=0.0, to_monthly=0.0, pause=0.0, payment_fails=0.0,
        save_offer=0.0, deleted=0.0,
    ),
}  # fmt: skip

MONTHLY_GROWTH = 1.04
"""Growth of the number of new customers, and of leads, from month to month."""
OPENING_SHARE = 0.06
"""Of all customers, those who come in the first month already."""
TRIAL_SHARE = 0.62
"""Of self-serve customers, those who begin with a trial."""
TRIAL_CONVERTS = 0.235
CLEANED_UP = 0.04
"""Of customers that have left, those deleted at Stripe some time later."""
COMES_BACK = 0.10
"""Of ended subscriptions, those followed by a new one later."""
FALSE_START = 0.03
"""Of self-serve purchases without trial, those whose first attempt at paying fails."""
BACKDATED = 0.04
"""Of sales-led purchases, those entered at Stripe some days after the service began."""
