"""The charts, as Vega-Lite specifications made with Altair.

Colours are CSS variables of the page, which Vega's SVG renderer hands through: light and dark need no second drawing.
Amounts become floats here, and only here: for a length on a screen, never for a figure that is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from orchestration.checks.figures import unit_in_words

if TYPE_CHECKING:
    import altair as alt

Points = Sequence[dict[str, Any]]
Band = tuple[float, float]

# Okabe and Ito's order of hues, in two lightnesses each; gains are cold, losses warm. See style.css.
MOVEMENTS = {
    "new": "var(--new)",
    "expansion": "var(--expansion)",
    "reactivation": "var(--reactivation)",
    "contraction": "var(--contraction)",
    "churn": "var(--churn)",
    "fx": "var(--fx)",
}
# Upper bound of each class of retained revenue, and its colour.
RETAINED = (
    (0.5, "below 50 %", "var(--kept-1)"),
    (0.7, "50-70 %", "var(--kept-2)"),
    (0.85, "70-85 %", "var(--kept-3)"),
    (1.0, "85-100 %", "var(--kept-4)"),
    (1.15, "100-115 %", "var(--kept-5)"),
    (float("inf"), "115 % on", "var(--kept-6)"),
)

CONFIG: dict[str, Any] = {
    "aria": False,  # the figure around it has one description, better than hundreds of marks that are read out
    "background": None,
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--muted)",
        "titleColor": "var(--muted)",
        "gridColor": "var(--line)",
        "domainColor": "var(--line)",
        "tickColor": "var(--line)",
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
    },
    "legend": {"labelColor": "var(--ink)", "labelFontSize": 11, "orient": "top", "title": None},
    "text": {"fill": "var(--ink)"},
}


def bridge(steps: Points, currency: str) -> dict[str, Any]:
    """A waterfall. A step has `label`, `start`, `end`, `kind` (a movement, or `total`) and `text`."""
    import altair as alt

    low = min(min(step["start"], step["end"]) for step in steps)
    high = max(max(step["start"], step["end"]) for step in steps)
    room = max((high - low) * 0.15, abs(high) * 0.001, 0.01)
    marked = [{**step, "right": max(step["start"], step["end"])} for step in steps]
    names = alt.Axis(labelFontSize=12, labelColor="var(--ink)", ticks=False)
    base = alt.Chart(alt.Data(values=marked)).encode(
        y=alt.Y("label:N", sort=[step["label"] for step in steps], title=None, axis=names)
    )
    scale = alt.Scale(domain=[low - room, high + 2 * room], zero=False, nice=False)
    amounts = alt.Axis(format="~s", tickCount=5)
    start = alt.X("start:Q", scale=scale, title=f"MRR, {currency}", axis=amounts)
    kinds = alt.Scale(domain=list(MOVEMENTS), range=list(MOVEMENTS.values()))
    tooltip = [alt.Tooltip("label:N", title="Step"), alt.Tooltip("text:N", title=currency)]
    moves = (
        base.transform_filter("datum.kind != 'total'")
        .mark_bar(height=16)
        .encode(x=start, x2="end:Q", color=alt.Color("kind:N", scale=kinds, legend=None), tooltip=tooltip)
    )
    totals = (
        base.transform_filter("datum.kind == 'total'")
        .mark_tick(thickness=5, size=22, color="var(--ink)")
        .encode(x=start, tooltip=tooltip)
    )
    labels = base.mark_text(align="left", dx=7, fontSize=12).encode(
        x=alt.X("right:Q", scale=scale, title=None), text="text:N"
    )
    return _finished(alt.layer(moves, totals, labels), height=30 * len(steps))


def stacked(points: Points, currency: str) -> dict[str, Any]:
    """Bars of movements a month, gains above zero. A point has `month`, `movement`, `amount` and `text`."""
    import altair as alt

    order = list(MOVEMENTS)
    ordered = [{**point, "order": order.index(point["movement"])} for point in points]
    chart = (
        alt.Chart(alt.Data(values=ordered))
        .mark_bar()
        .encode(
            x=_month(),
            y=alt.Y("amount:Q", title=f"MRR, {currency}", axis=alt.Axis(format="~s", tickCount=6)),
            color=alt.Color(
                "movement:N",
                sort=order,
                scale=alt.Scale(domain=order, range=list(MOVEMENTS.values())),
                legend=_legend(6),
            ),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("month:N", title="Month"),
                alt.Tooltip("movement:N", title="Movement"),
                alt.Tooltip("text:N", title=currency),
            ],
        )
    )
    zero = alt.Chart(alt.Data(values=[{"zero": 0}])).mark_rule(color="var(--muted)").encode(y="zero:Q")
    return _finished(alt.layer(chart, zero), height=300)


def lines(points: Points, band: Band | None) -> dict[str, Any]:
    """NRR and GRR. A point has `month`, `series` (NRR or GRR), `value` (a fraction) and `text`."""
    import altair as alt

    series = ["NRR", "GRR"]
    colours = alt.Scale(domain=series, range=["var(--new)", "var(--churn)"])
    # Lines differ in their dashes too.
    dashes = alt.Scale(domain=series, range=[[1, 0], [6, 3]])
    legend = alt.Legend(symbolType="stroke", symbolStrokeWidth=2.5, symbolSize=300)
    chart = alt.Chart(alt.Data(values=list(points))).encode(x=_month(), y=_rate("value:Q"))
    drawn = [
        chart.mark_line(strokeWidth=2.5).encode(
            color=alt.Color("series:N", scale=colours, legend=legend),
            strokeDash=alt.StrokeDash("series:N", scale=dashes, legend=legend),
        ),
        chart.mark_point(size=30, opacity=1, filled=True).encode(
            color=alt.Color("series:N", scale=colours, legend=legend),
            tooltip=[
                alt.Tooltip("month:N", title="Month"),
                alt.Tooltip("series:N", title="Series"),
                alt.Tooltip("text:N", title="Rate"),
            ],
        ),
    ]
    if band:
        drawn.insert(0, _band(band))
    return _finished(alt.layer(*drawn), height=280)


def heatmap(cells: Points) -> dict[str, Any]:
    """Cohorts by age. A cell has `cohort`, `age`, `kept` (a fraction) and `text`."""
    import altair as alt

    classed = [
        {**cell, "kind": next(name for bound, name, _ in RETAINED if round(cell["kept"], 2) < bound)} for cell in cells
    ]  # fmt: skip
    names, colours = [name for _, name, _ in RETAINED], [colour for _, _, colour in RETAINED]
    base = alt.Chart(alt.Data(values=classed)).encode(
        x=alt.X("age:O", title="Months since the first revenue", axis=alt.Axis(labelAngle=0, labelOverlap="parity")),
        y=alt.Y("cohort:O", title=None, axis=alt.Axis(ticks=False)),
    )
    squares = base.mark_rect(stroke="var(--paper)", strokeWidth=1).encode(
        color=alt.Color("kind:N", sort=names, scale=alt.Scale(domain=names, range=colours), legend=_legend(6)),
        tooltip=[
            alt.Tooltip("cohort:N", title="Cohort"),
            alt.Tooltip("age:N", title="Age, months"),
            alt.Tooltip("text:N", title="MRR retained"),
        ],
    )
    # Only where a cell has room for three digits.
    ages = max((cell["age"] for cell in cells), default=0) + 1
    shown = alt.ExprRef(f"width / {ages} > 26 ? 1 : 0")
    figures = base.mark_text(fontSize=10, fill="var(--on-kept)", opacity=shown).encode(text="text:N")
    height = 20 * len({cell["cohort"] for cell in cells})
    return _finished(alt.layer(squares, figures), height=max(height, 60))


def trend(points: Points, band: Band | None, unit: str) -> dict[str, Any]:
    """One benchmark over time. A point has `month`, `value`, `low`, `high` (the interval) and `text`."""
    import altair as alt

    is_rate = unit == "ratio"
    chart = alt.Chart(alt.Data(values=list(points))).encode(x=_month())
    value = _rate("value:Q") if is_rate else alt.Y("value:Q", title=unit_in_words(unit), scale=alt.Scale(zero=False))
    tooltip = [alt.Tooltip("month:N", title="Month"), alt.Tooltip("text:N", title="Value")]
    drawn = [
        chart.mark_line(color="var(--new)", strokeWidth=2).encode(y=value),
        chart.mark_point(color="var(--new)", filled=True, size=26, opacity=1).encode(y=value, tooltip=tooltip),
    ]
    if uncertain := [point for point in points if point["low"] is not None]:
        intervals = alt.Chart(alt.Data(values=uncertain)).mark_rule(color="var(--muted)", strokeWidth=1.5)
        drawn.insert(0, intervals.encode(x=_month(), y=alt.Y("low:Q", title=None), y2="high:Q"))
    if band:
        drawn.insert(0, _band(band))
    return _finished(alt.layer(*drawn), height=150)


def _legend(columns: int) -> alt.Legend:
    """One line where it is wide, two on a phone."""
    import altair as alt

    return alt.Legend(columns=alt.ExprRef(f"width > 560 ? {columns} : {columns // 2}"))


def _month() -> alt.X:
    import altair as alt

    return alt.X(
        "month:O",
        title=None,
        axis=alt.Axis(labelAngle=0, labelOverlap="greedy", labelSeparation=8, labelPadding=7, ticks=False),
    )


def _rate(field: str) -> alt.Y:
    import altair as alt

    return alt.Y(field, title=None, scale=alt.Scale(zero=False), axis=alt.Axis(format="~%", tickCount=5))


def _band(band: Band) -> alt.Chart:
    """The healthy range, across the whole width."""
    import altair as alt

    low, high = band
    return (
        alt.Chart(alt.Data(values=[{"from": low, "to": high}]))
        .mark_rect(color="var(--band)", opacity=1)
        .encode(y=alt.Y("from:Q", title=None), y2="to:Q")
    )


def _finished(chart: alt.LayerChart | alt.FacetChart, height: int) -> dict[str, Any]:
    return chart.properties(
        width="container", height=height, autosize={"type": "fit-x", "contains": "padding"}
    ).to_dict()
