"""Randomness of the generated company: one independent stream for each subject.

A stream is named by what it decides (`stream(seed, "account", 17)`), so that one more draw for one customer changes
nothing for any other. Names are hashed by `random.Random` itself (SHA-512), which does not depend on PYTHONHASHSEED.
"""

from collections.abc import Mapping
from random import Random
from typing import TypeVar

T = TypeVar("T")


def stream(seed: int, *name: object) -> Random:
    """The random stream of `name` under `seed`."""
    return Random("/".join(str(part) for part in (seed, *name)))


def happens(rng: Random, probability: float) -> bool:
    """True with the given probability."""
    return rng.random() < probability


def pick(rng: Random, weights: Mapping[T, float]) -> T:
    """One key, drawn in proportion to its weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


def between(rng: Random, low: int, high: int) -> int:
    """A whole number from `low` up to, not including, `high`; `low` where the range is empty."""
    return rng.randrange(low, high) if high > low else low


def triangular(rng: Random, values: tuple[float, float, float]) -> float:
    """A number from the triangle (low, most likely, high)."""
    low, mode, high = values
    return rng.triangular(low, high, mode)
