"""The same evidence on other ways: what must not change any figure."""

from collections import Counter
from collections.abc import Sequence
from random import Random

from tests.python.properties.billing import Reading


def reordered(readings: Sequence[Reading], random: Random) -> list[Reading]:
    """Each sync reads in another order, and what has one version only arrives with any of the syncs.

    Subscriptions stay in their sync, because when they were seen is itself evidence.
    """
    found: list[Reading] = [{stream: [] for stream in reading} for reading in readings]
    for stream in readings[0]:
        versions = Counter(value["id"] for reading in readings for value in reading[stream])
        for position, reading in enumerate(readings):
            for value in reading[stream]:
                is_free = stream != "subscriptions" and versions[value["id"]] == 1
                found[random.randrange(len(readings)) if is_free else position][stream].append(value)
        for reading in found:
            random.shuffle(reading[stream])
    return found


def doubled(reading: Reading) -> Reading:
    """Every object twice in one load, as overlapping pages give it."""
    return {stream: [*values, *values] for stream, values in reading.items()}


def read_again(readings: Sequence[Reading]) -> Reading:
    """A sync that reads everything there is, in which nothing has changed."""
    latest = {stream: {} for stream in readings[0]}
    for reading in readings:
        for stream, values in reading.items():
            latest[stream] |= {value["id"]: value for value in values}
    return {stream: list(values.values()) for stream, values in latest.items()}
