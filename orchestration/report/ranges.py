"""A small drawing of one benchmark: the healthy range as a band, the interval as a line, the value as a dot."""

from __future__ import annotations

from decimal import Decimal

from markupsafe import Markup

from orchestration.checks.verdicts import Result

_WIDTH, _HEIGHT, _EDGE = 140, 18, 5


def range_bar(result: Result) -> Markup | None:
    """Inline SVG in the page's colours, or None without a value. The columns beside it say the same in figures."""
    if result.value is None:
        return None
    known = [result.value, result.value_low, result.value_high, result.range_low, result.range_high, Decimal(0)]
    ends = [value for value in known if value is not None]
    low, high = min(ends), max(ends) * Decimal("1.1")
    span = (high - low) or Decimal(1)

    def at(value: Decimal | None, otherwise: int) -> str:
        if value is None:
            return str(otherwise)
        return f"{_EDGE + float((value - low) / span) * (_WIDTH - 2 * _EDGE):.1f}"

    middle = _HEIGHT // 2
    parts = [f'<line class="track" x1="0" x2="{_WIDTH}" y1="{middle}" y2="{middle}"/>']
    if result.range_low is not None or result.range_high is not None:
        left, right = float(at(result.range_low, 0)), float(at(result.range_high, _WIDTH))
        width = max(right - left, 1)
        parts.append(f'<rect class="healthy" x="{left:.1f}" y="2" width="{width:.1f}" height="{_HEIGHT - 4}" rx="2"/>')
    if result.value_low is not None and result.value_high is not None:
        x1, x2 = at(result.value_low, 0), at(result.value_high, _WIDTH)
        parts.append(f'<line class="interval" x1="{x1}" x2="{x2}" y1="{middle}" y2="{middle}"/>')
    parts.append(f'<circle class="value" cx="{at(result.value, 0)}" cy="{middle}" r="4"/>')
    drawn = "".join(parts)
    return Markup(  # numbers only
        f'<svg class="range" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" aria-hidden="true">'
        f"{drawn}</svg>"
    )
