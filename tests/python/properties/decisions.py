"""What may happen to a customer: plain values, and the hypothesis strategies that draw them.

A number in a step or a plan is taken modulo what there is to choose from, so any value means something.
"""

from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

CURRENCIES = ("usd", "eur", "sek", "jpy", "kwd")
SECONDS_OF_DAY = (0, 1, 3_599, 43_200, 79_200, 82_800, 86_399)  # midnights of UTC and of zones east of it, and noon

STEPS = (
    "quantity",
    "price",
    "add",
    "remove",
    "discount",
    "item_discount",
    "undiscount",
    "pause_void",
    "pause_uncollectible",
    "pause_draft",
    "resume",
    "fail",
    "give_up",
    "recover",
    "trial",
    "void_last",
    "cancel",
    "cancel_at_end",
    "keep",
)
_KEPT = 3  # of so many draws one: hypothesis makes several that differ little from the one before


@dataclass(frozen=True)
class Step:
    """Something that happens `days` after the step before it, at a second of that day."""

    days: int
    second: int
    kind: str
    number: int


@dataclass(frozen=True)
class Plan:
    """A subscription: when it was made, what is in it, how it begins, and what happens to it."""

    day: int
    second: int
    items: tuple[tuple[int, int], ...]  # (which price, quantity)
    backdated_days: int
    trial_days: int
    first_payment: str  # paid, late (after two hours), never, or sent: every bill is paid 25 days later
    has_inclusive_tax: bool
    discount: int | None
    lost_events: frozenset[int]  # which of its events never arrived
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class History:
    """A customer."""

    currency: str
    is_older_shape: bool
    is_deleted: bool
    customer_discount: int | None
    plans: tuple[Plan, ...]


def _steps() -> st.SearchStrategy[Step]:
    return st.builds(
        Step,
        days=st.one_of(st.integers(0, 3), st.integers(1, 150)),
        second=st.sampled_from(SECONDS_OF_DAY),
        kind=st.sampled_from(STEPS),
        number=st.integers(0, 30),
    )


def _plans() -> st.SearchStrategy[Plan]:
    return st.builds(
        Plan,
        day=st.integers(0, 600),
        second=st.sampled_from(SECONDS_OF_DAY),
        items=st.lists(st.tuples(st.integers(0, 15), st.sampled_from((0, *range(1, 41)))), min_size=1, max_size=3).map(
            tuple
        ),
        backdated_days=st.sampled_from((0, 0, 0, 1, 45)),
        trial_days=st.sampled_from((0, 0, 0, 7, 14, 40)),
        first_payment=st.sampled_from(("paid", "paid", "paid", "late", "sent", "never")),
        has_inclusive_tax=st.booleans(),
        discount=st.none() | st.integers(0, 5),
        lost_events=st.frozensets(st.integers(0, 7), max_size=3),
        steps=st.lists(_steps(), max_size=9).map(tuple),
    )


def histories() -> st.SearchStrategy[History]:
    """Any customer."""
    return st.builds(
        History,
        currency=st.sampled_from(CURRENCIES),
        is_older_shape=st.booleans(),
        is_deleted=st.sampled_from((False, False, False, True)),
        customer_discount=st.none() | st.integers(0, 5),
        plans=st.lists(_plans(), min_size=1, max_size=3).map(tuple),
    )


def drawn(count: int, seed_number: int) -> list[History]:
    """`count` customers, always the same ones for the same seed."""
    found: list[History] = []

    @seed(seed_number)
    @settings(
        max_examples=_KEPT * count,
        database=None,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
    )
    @given(histories())
    def collect(history: History) -> None:
        found.append(history)

    collect()
    return found[::_KEPT]
