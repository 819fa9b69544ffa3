"""The metrics that a benchmark can be for: what the models that give them say of themselves.

The YAML of a model `int_benchmark_*` names under `meta: {benchmarks: ...}` each metric of it with its unit, the
segments that it is measured by, and the query that gives the rows behind it. Nothing else lists metrics.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from orchestration.checks.policies import names
from orchestration.dbt_manifest import manifest

MONEY = "money"  # a metric in an amount: the benchmark says in which currency
_CUSTOMER = "customer"  # stands for every segment of customers, as dbt_project.yml lists them


@dataclass(frozen=True)
class Metric:
    """One metric. `rows` is a query on the published tables, with places for the segment and the months."""

    name: str
    model: str
    unit: str
    segments: tuple[str, ...]
    rows: str

    def query(self, segment: str, month: date, window_months: int, timezone: str) -> str:
        """The rows that were counted for a month, as SQL for published.duckdb: one a case, or with their number in `n`.

        Args:
            segment: one of `segments`.
            month: first day of the last month of the window.
            window_months: months up to this one that are pooled.
            timezone: the reporting zone, in which months begin.
        """
        first, end = months_later(month, 1 - window_months), months_later(month, 1)
        return self.rows.format_map(
            {
                "segment": segment.replace("'", "''"),
                "month": month,
                "from": first,
                "until": end,
                "from_utc": _utc(first, timezone),
                "until_utc": _utc(end, timezone),
            }
        )


@cache
def known_metrics() -> dict[str, Metric]:
    """Metric -> what is known of it, from the dbt project."""
    return metrics_of(manifest())


def metrics_of(parsed: Mapping[str, Any]) -> dict[str, Metric]:
    """The metrics that a manifest's models give.

    Raises:
        ValueError: two models give the same metric.
    """
    found: dict[str, Metric] = {}
    for node in parsed["nodes"].values():
        for name, told in node.get("config", {}).get("meta", {}).get("benchmarks", {}).items():
            if name in found:
                raise ValueError(f"metric {name} is given by {found[name].model} and by {node['name']}")
            found[name] = Metric(name, node["name"], told["unit"], _segments(told["segments"]), told["rows"])
    return found


def months_later(month: date, months: int) -> date:
    """The first day of a month, so many months on."""
    number = month.year * 12 + month.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _segments(told: list[str]) -> tuple[str, ...]:
    customers = names("customer_segments")
    return tuple(each for name in told for each in (customers if name == _CUSTOMER else (name,)))


def _utc(day: date, timezone: str) -> str:
    """When a day begins in the reporting zone, as the marts' naive UTC timestamps have it."""
    begins = datetime.combine(day, time(), ZoneInfo(timezone))
    return begins.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%d %H:%M:%S")
