"""What is usual for a figure, by its own past: the median, and how far the past lies from it.

The median and the MAD (median absolute deviation, times 1.4826 the standard deviation of a normal distribution) are
hardly moved by the odd bad day in the past, which a mean and a standard deviation are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

_OF_NORMAL = 1.4826  # 1 / the 75 % quantile of the normal distribution


@dataclass(frozen=True)
class Usual:
    """The usual range [low, high] around the median of `n` past figures."""

    median: float
    low: float
    high: float
    n: int

    def holds(self, figure: float) -> bool:
        return self.low <= figure <= self.high


def usual(past: Sequence[float], mads: float, least_spread: float = 0.0) -> Usual:
    """The range that a figure usually lies in.

    Args:
        past: at least one figure.
        mads: how many MADs (scaled as above) either way count as usual.
        least_spread: taken where the MAD is less, so that a past of equal figures does not make any other one unusual.
    """
    middle = median(past)
    spread = max(_OF_NORMAL * median(abs(figure - middle) for figure in past), least_spread)
    return Usual(middle, middle - mads * spread, middle + mads * spread, len(past))
