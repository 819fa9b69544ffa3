"""The trend of a benchmark as a small drawing: SVG in the address of a Markdown image, as the Dagster UI shows it.

Six months from left to right: a dot a month with its 95 % interval, over the band of the healthy range. A month that
could not be computed has no dot and breaks the line. The colours keep apart for colour-blind people, and the shape of
a dot says the same: full inside the range, hollow outside.
"""

import base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from orchestration.checks.metrics import months_later

WIDTH, HEIGHT = 360, 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 14, 346, 26, 118
_INK, _FAINT, _BAND, _OUTSIDE = "#1f3a5f", "#8a97a8", "#bfe3d0", "#c2410c"


@dataclass(frozen=True)
class Point:
    """A month's value and its interval (None: counted on everybody)."""

    month: date
    value: Decimal
    low: Decimal | None
    high: Decimal | None
    is_healthy: bool
    label: str


@dataclass(frozen=True)
class Trend:
    """What is drawn: `months` up to and including `until`, under a `note`; the range may be open on either side."""

    title: str
    note: str
    until: date
    months: int
    points: Sequence[Point]
    range_low: Decimal | None
    range_high: Decimal | None


def markdown_image(trend: Trend) -> str:
    """`![title](data:image/svg+xml;base64,...)`."""
    encoded = base64.b64encode(svg(trend).encode()).decode()
    return f"![{trend.title}](data:image/svg+xml;base64,{encoded})"


def svg(trend: Trend) -> str:
    """The drawing; self-contained, with a background of its own, so that it reads on light and dark pages."""
    y = _scale(trend)
    columns = {months_later(trend.until, number + 1 - trend.months): number for number in range(trend.months)}
    step = (_RIGHT - _LEFT - 40) / max(trend.months - 1, 1)

    def x(month: date) -> float:
        return _LEFT + 20 + step * columns[month]

    points = [point for point in trend.points if point.month in columns]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="system-ui,sans-serif" font-size="11">',
        f"<title>{_escaped(trend.title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="6" fill="#ffffff"/>',
        *_band(trend, y),
        f'<text x="{_LEFT}" y="14" fill="{_FAINT}">{_escaped(trend.note)}</text>',
        *_lines(points, x, y, columns),
        *(part for point in points for part in _dot(point, x(point.month), y)),
        *(
            f'<text x="{x(month):.1f}" y="{HEIGHT - 10}" fill="{_FAINT}" text-anchor="middle">{month:%b %y}</text>'
            for month in columns
        ),
        "</svg>",
    ]
    return "".join(parts)


def _scale(trend: Trend) -> Callable[[Decimal], float]:
    """Value -> height on the drawing, so that everything that is to be seen fits."""
    seen = [
        value
        for point in trend.points
        for value in (point.value, point.low, point.high)
        if value is not None
    ]  # fmt: skip
    seen += [end for end in (trend.range_low, trend.range_high) if end is not None]
    lowest, highest = float(min(seen, default=0)), float(max(seen, default=1))
    if lowest == highest:
        lowest, highest = lowest - 1, highest + 1

    def y(value: Decimal) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * (float(value) - lowest) / (highest - lowest)

    return y


def _band(trend: Trend, y: Callable[[Decimal], float]) -> Iterator[str]:
    if trend.range_low is None and trend.range_high is None:
        return
    top = _TOP - 6 if trend.range_high is None else y(trend.range_high)
    bottom = _BOTTOM + 6 if trend.range_low is None else y(trend.range_low)
    yield (
        f'<rect x="{_LEFT}" y="{top:.1f}" width="{_RIGHT - _LEFT}" height="{max(bottom - top, 1):.1f}" '
        f'fill="{_BAND}" fill-opacity="0.6"/>'
    )


def _lines(
    points: Sequence[Point], x: Callable[[date], float], y: Callable[[Decimal], float], columns: dict[date, int]
) -> Iterator[str]:
    """Lines between months that follow on each other."""
    for before, after in pairwise(points):
        if columns[after.month] == columns[before.month] + 1:
            yield (
                f'<line x1="{x(before.month):.1f}" y1="{y(before.value):.1f}" x2="{x(after.month):.1f}" '
                f'y2="{y(after.value):.1f}" stroke="{_INK}" stroke-width="1.5"/>'
            )


def _dot(point: Point, x: float, y: Callable[[Decimal], float]) -> Iterator[str]:
    if point.low is not None and point.high is not None:
        yield (
            f'<line x1="{x:.1f}" y1="{y(point.low):.1f}" x2="{x:.1f}" y2="{y(point.high):.1f}" '
            f'stroke="{_FAINT}" stroke-width="1"/>'
        )
    colour = _INK if point.is_healthy else _OUTSIDE
    fill = colour if point.is_healthy else "#ffffff"
    height = y(point.value)
    yield f'<circle cx="{x:.1f}" cy="{height:.1f}" r="4" fill="{fill}" stroke="{colour}" stroke-width="2"/>'
    yield (
        f'<text x="{x:.1f}" y="{height - 9:.1f}" fill="{colour}" text-anchor="middle">{_escaped(point.label)}</text>'
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
