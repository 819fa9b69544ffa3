"""Settlement rates of the generated company: a daily random walk per currency, USD for one unit, five decimals."""

from decimal import Decimal

from .chance import stream
from .clock import DAY, day_start

_NEAR = {"sek": Decimal("0.095"), "eur": Decimal("1.10")}
_STEP = 0.004
"""Standard deviation of a day's relative change."""
_PULL = 0.01
"""Share of the distance to the starting level that is made good each day, so that the walk stays plausible."""


def daily_rates(seed: int, first: int, last: int) -> dict[tuple[str, int], Decimal]:
    """Rates into USD by (currency, midnight that opens the day), for every day from `first` to `last`."""
    rates: dict[tuple[str, int], Decimal] = {}
    for currency, near in _NEAR.items():
        rng = stream(seed, "fx", currency)
        level = float(near)
        for day in range(day_start(first), last + 1, DAY):
            rates[currency, day] = Decimal(f"{level:.5f}")
            level *= 1 + rng.gauss(0, _STEP) + _PULL * (float(near) / level - 1)
    return rates
