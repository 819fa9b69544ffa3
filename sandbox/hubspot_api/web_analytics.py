"""Web traffic by source, as HubSpot's analytics reports give it: a map from dates to rows."""

import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from sandbox.hubspot_api.errors import HubSpotError, invalid
from sandbox.ndjson import NdjsonFile

MAX_TIME_POINTS = 500  # https://developers.hubspot.com/docs/methods/analytics/analytics-overview

_row_decoder = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)
_DATE = re.compile(r"\d{8}")


class WebAnalytics:
    """The rows of a file: `date`, `breakdown` and counts."""

    def __init__(self, path: Path) -> None:
        self._rows = {(row["date"], row["breakdown"]): row for _, _, row in NdjsonFile(path).rows(_row_decoder)}

    def put(self, row: dict[str, Any]) -> None:
        """Add a row or replace that of the same date and source."""
        self._rows[row["date"], row["breakdown"]] = row

    def report(self, period: str, start: str | None, end: str | None) -> dict[str, list[dict[str, Any]]]:
        """The rows of all periods that begin between two dates (YYYYMMDD), both included, counts added up."""
        if period not in ("daily", "weekly", "monthly"):
            raise HubSpotError(404, f"Unknown time period {period}", "OBJECT_NOT_FOUND")
        first, last = _day("start", start), _day("end", end)
        report: dict[str, dict[str, dict[str, Any]]] = {}
        for row in self._rows.values():
            day = date.fromisoformat(row["date"])
            if not first <= day <= last:
                continue
            sums = report.setdefault(_begin(period, day).isoformat(), {}).setdefault(
                row["breakdown"], {"breakdown": row["breakdown"]}
            )
            for name, count in row.items():
                if name not in ("date", "breakdown"):
                    sums[name] = sums.get(name, 0) + count
        if len(report) > MAX_TIME_POINTS:
            raise HubSpotError(413, f"Too many time points: at most {MAX_TIME_POINTS}", "RESULT_POINT_LIMIT_EXCEEDED")
        return {day: [report[day][source] for source in sorted(report[day])] for day in sorted(report)}


def _day(name: str, text: str | None) -> date:
    if text is None or not _DATE.fullmatch(text):
        raise invalid(f"{name} must be a date written YYYYMMDD")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise invalid(f"{name} is no date: {text}") from None


def _begin(period: str, day: date) -> date:
    if period == "monthly":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if period == "weekly" else day
