"""Usage that a billing meter has counted, summed into the windows that a request asks for."""

import hashlib
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from sandbox.ndjson import NdjsonFile
from sandbox.stripe_api.errors import StripeError, invalid
from sandbox.stripe_api.params import Params

_SECONDS = {"hour": 3600, "day": 86_400}
_ALIGNMENT = {None: 60, **_SECONDS}


class Usage(msgspec.Struct):
    """What one customer used of one meter within a stretch of time, in seconds since 1970; the end is outside."""

    customer: str
    meter: str
    start_time: int
    end_time: int
    aggregated_value: Decimal


class SummaryQuery(NamedTuple):
    """The stretch of time asked for and the window that each summary spans; None is the whole."""

    customer: str
    start: int
    end: int
    window: str | None


_usage_decoder = msgspec.json.Decoder(Usage, float_hook=Decimal)


class MeterEvents:
    """All usage in `billing_meter_event_summaries.ndjson`, in memory."""

    def __init__(self, path: Path) -> None:
        self._usage: dict[tuple[str, str], list[Usage]] = {}
        self.add(usage for _, _, usage in NdjsonFile(path).rows(_usage_decoder))

    def add(self, rows: Iterable[Usage]) -> None:
        """Count more usage."""
        for row in rows:
            self._usage.setdefault((row.meter, row.customer), []).append(row)

    def summaries(self, meter: dict[str, Any], query: SummaryQuery) -> list[dict[str, Any]]:
        """One summary for each window in which the customer used something, newest first."""
        span = _SECONDS[query.window] if query.window else query.end - query.start
        windows: dict[int, list[Usage]] = {}
        used = self._usage.get((meter["id"], query.customer), [])
        for usage in sorted(used, key=lambda usage: usage.start_time):
            if query.start <= usage.start_time < query.end:
                windows.setdefault((usage.start_time - query.start) // span, []).append(usage)
        if not windows and query.window is None:
            windows[0] = []  # the whole stretch is always answered, with 0 where nothing was used
        formula = meter.get("default_aggregation", {}).get("formula", "sum")
        return [
            _summary(meter, query, query.start + number * span, span, _aggregate(formula, windows[number]))
            for number in sorted(windows, reverse=True)
        ]


def summary_query(params: Params) -> SummaryQuery:
    """The parameters of a request for summaries. Raises Stripe's errors."""
    window = params.text("value_grouping_window", ("day", "hour"))
    customer = params.text("customer")
    if customer is None:
        raise _missing("customer")
    start, end = (_time(params, name, _ALIGNMENT[window]) for name in ("start_time", "end_time"))
    if start >= end:
        raise invalid("end_time", "The end time must be after the start time.")
    return SummaryQuery(customer, start, end, window)


def _time(params: Params, name: str, alignment: int) -> int:
    text = params.text(name)
    if text is None:
        raise _missing(name)
    if not text.isdecimal():
        raise invalid(name, f"Invalid integer: {text}", "parameter_invalid_integer")
    if int(text) % alignment:
        raise invalid(name, f"Invalid {name}: must be aligned with boundaries of {alignment} seconds.")
    return int(text)


def _missing(name: str) -> StripeError:
    return StripeError(400, f"Missing required param: {name}.", code="parameter_missing", param=name)


def _aggregate(formula: str, rows: list[Usage]) -> Decimal:
    values = [row.aggregated_value for row in rows]
    if not values:
        return Decimal(0)
    match formula:
        case "last":
            return values[-1]
        case "max":
            return max(values)
        case _:
            return sum(values, Decimal(0))


def _summary(meter: dict[str, Any], query: SummaryQuery, start: int, span: int, value: Decimal) -> dict[str, Any]:
    named = f"{meter['id']}|{query.customer}|{start}|{span}"
    return {
        "id": f"mtrusg_{hashlib.blake2b(named.encode(), digest_size=12).hexdigest()}",
        "object": "billing.meter_event_summary",
        "aggregated_value": value,
        "end_time": start + span,
        "livemode": meter.get("livemode", True),
        "meter": meter["id"],
        "start_time": start,
    }
