"""The report in a real browser, without a network: it renders, says what the tables say, and can be read by anyone.

Skipped where no Chromium is installed (Debian: `apt-get install chromium`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.report.page import write_report
from tests.chromium import Page, find_chromium, open_chromium
from tests.python.report_pages.company import HOSTILE, tables
from tests.python.report_pages.published import write_published

# What tells a row of each mart: the parts of data-key, in their order.
KEYS = {
    "nrr_monthly": ("month",),
    "retention_cohorts": ("cohort_month", "age_months"),
    "funnel_conversion": ("cohort_month", "from_stage", "to_stage"),
    "benchmark_results": ("metric", "segment", "month"),
    "unit_economics_monthly": ("month",),
    "nps_monthly": ("month",),
    "deals_at_risk": ("deal_id",),
    "customers_at_risk": ("customer_id",),
}
SIZES = [(320, 640), (390, 844), (820, 1180), (1024, 768), (1280, 800), (1920, 1080)]
DRAWN = "'drawn' in document.documentElement.dataset"


@dataclass(frozen=True)
class Report:
    published: Path
    page: Page
    address: str

    def show(self, width: int = 1280, height: int = 800, *, is_dark: bool = False, is_phone: bool = False) -> Page:
        self.page.show(self.address, width=width, height=height, is_dark=is_dark, is_phone=is_phone)
        self.page.wait_for(DRAWN)
        return self.page

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.published), read_only=True) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Report]:
    executable = find_chromium()
    if executable is None:
        pytest.skip("no Chromium is installed (Debian: apt-get install chromium; or set REVFUNNEL_CHROMIUM)")
    folder = tmp_path_factory.mktemp("report")
    published = write_published(folder / "published.duckdb", tables())
    write_report(published, folder / "report.html")
    with open_chromium(executable) as page:
        yield Report(published, page, (folder / "report.html").as_uri())


def test_every_chart_is_drawn_without_an_error_or_a_request(report: Report) -> None:
    page = report.show()
    charts = page.evaluate("[...document.querySelectorAll('.chart')].map((each) => each.firstChild.id)")
    assert len(charts) == 7
    for chart in charts:
        assert page.evaluate(f"document.querySelectorAll('#{chart} svg [class*=role-mark] path').length") > 0, chart
    assert page.evaluate("document.documentElement.dataset.drawn") == "7"
    assert page.problems == []
    assert set(page.requests) <= {report.address, "data:,"}


def test_the_charts_draw_as_many_marks_as_there_are_figures(report: Report) -> None:
    page = report.show()
    squares = page.evaluate("document.querySelectorAll('#chart-cohorts .mark-rect.role-mark path').length")
    assert squares == 5
    # 13 months of new, expansion, contraction and churn, and one with fx besides.
    bars = page.evaluate("document.querySelectorAll('#chart-movements .mark-rect.role-mark path').length")
    assert bars == 13 * 4 + 5


def test_every_figure_on_the_page_is_the_tables(report: Report) -> None:
    page = report.show()
    told = page.evaluate("""[...document.querySelectorAll('[data-column]')].map((each) => ({
        table: each.closest('[data-table]').dataset.table, key: each.closest('[data-key]').dataset.key,
        column: each.dataset.column, value: each.dataset.value,
        text: [...each.childNodes].filter((node) => !node.classList || node.classList.contains('status'))
            .map((node) => node.textContent).join('').trim(),
    }))""")
    known = {table: _rows(report, table) for table in KEYS}
    assert {figure["table"] for figure in told} == set(KEYS)
    assert len(told) > 200
    for figure in told:
        value = known[figure["table"]][figure["key"]][figure["column"]]
        assert figure["value"] == _exact(value), figure
        if isinstance(value, int | Decimal):
            _assert_rounded(figure["text"], Decimal(value))


def _rows(report: Report, table: str) -> dict[str, dict[str, Any]]:
    """Key -> row, read by the test's own query."""
    with duckdb.connect(str(report.published), read_only=True) as connection:
        cursor = connection.execute(f"select * from marts.{table}")
        names = [column[0] for column in cursor.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {
        "/".join(str(row[name]) for name in KEYS[table]): row for row in rows if row.get("dimension", "all") == "all"
    }


def _exact(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    return "" if value is None else str(value)


def _assert_rounded(text: str, value: Decimal) -> None:
    """The figure in the text is the value, rounded to as many digits as it shows."""
    found = re.search(r"[-+]?[\d,]+(?:\.(\d+))?", text)
    assert found, text
    shown = Decimal(found.group().replace(",", ""))
    value = value * 100 if "%" in text else value
    assert abs(shown - value) <= Decimal("0.5") / 10 ** len(found.group(1) or ""), (text, value)


def test_the_movements_that_are_drawn_are_the_tables(report: Report) -> None:
    page = report.show()
    charts = json.loads(page.evaluate("document.getElementById('drawing').textContent"))["charts"]
    points = charts["chart-movements"]["layer"][0]["data"]["values"]
    drawn = {(point["month"], point["movement"]): point["amount"] for point in points}
    expected = {
        (f"{month:%Y-%m}", movement): float(amount)
        for month, movement, amount in report.ask("""
            unpivot (
                select month, new_mrr as new, expansion_mrr as expansion, contraction_mrr as contraction,
                    churn_mrr as churn, reactivation_mrr as reactivation, fx_mrr as fx
                from marts.nrr_monthly where dimension = 'all' and month < '2026-03-01'
            ) on columns(* exclude month) into name movement value amount
        """)
        if amount
    }
    assert drawn == expected


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_no_width_needs_a_horizontal_scroll(report: Report, width: int, height: int) -> None:
    page = report.show(width, height, is_phone=width < 800)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    wide = page.evaluate("""[...document.querySelectorAll('.chart svg')]
        .filter((each) => each.getBoundingClientRect().right > innerWidth)
        .map((each) => each.closest('.chart').firstChild.id)""")
    assert wide == []
    # Of these tables the last column is the advice.
    cut_off = """[...document.querySelectorAll('.scroll:has(.stacked)')]
        .filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.ariaLabel)"""
    assert page.evaluate(cut_off) == []


def test_the_charts_follow_the_width(report: Report) -> None:
    narrow, wide = (
        report.show(width).evaluate("document.querySelector('#chart-movements svg').getBoundingClientRect().width")
        for width in (390, 1280)
    )
    assert narrow < 366 and wide > 900


CONTRAST = """(() => {
    const parse = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const light = (colour) => {
        const [r, g, b] = parse(colour).slice(0, 3).map((part) => part / 255)
            .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (element) => {
        for (let each = element; each; each = each.parentElement) {
            const colour = getComputedStyle(each).backgroundColor;
            if (parse(colour)[3] !== 0) return colour;
        }
        return getComputedStyle(document.body).backgroundColor;
    };
    const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
    const texts = [...document.querySelectorAll('h1, h2, p, a, th, td, .status, .note, .label, strong, summary')]
        .filter((each) => each.textContent.trim())
        .map((each) => [each.className || each.tagName, ratio(getComputedStyle(each).color, ground(each))]);
    const marks = [...document.querySelectorAll('#chart-movements .role-mark path, #chart-retention .role-mark path')]
        .map((each) => getComputedStyle(each)).map((style) => style.fill === 'none' ? style.stroke : style.fill)
        .map((colour) => ['mark ' + colour, ratio(colour, ground(document.querySelector('#chart-movements')))]);
    return {texts, marks};
})()"""


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
def test_text_and_marks_stand_out_from_their_ground(report: Report, is_dark: bool) -> None:
    page = report.show(is_dark=is_dark)
    told = page.evaluate(CONTRAST)
    assert len(told["texts"]) > 100 and len(told["marks"]) > 50
    # WCAG 2.1 AA: 4.5 for text, 3 for graphics. The band behind the lines of retention is there to be faint.
    assert [each for each in told["texts"] if each[1] < 4.5] == []
    faint = {name for name, ratio in told["marks"] if ratio < 3}
    band = page.evaluate("""getComputedStyle(document.querySelector('#chart-retention .mark-rect path')).fill""")
    assert faint <= {f"mark {band}"}


def test_light_and_dark_have_their_own_colours_in_charts_too(report: Report) -> None:
    bar = "getComputedStyle(document.querySelector('#chart-movements .mark-rect.role-mark path')).fill"
    label = "getComputedStyle(document.querySelector('#chart-movements .role-axis-label text')).fill"
    grounds = "getComputedStyle(document.body).backgroundColor"
    light = [report.show().evaluate(each) for each in (bar, label, grounds)]
    dark = [report.show(is_dark=True).evaluate(each) for each in (bar, label, grounds)]
    assert all(one != other for one, other in zip(light, dark, strict=True))


def test_a_screen_reader_finds_its_way(report: Report) -> None:
    page = report.show()
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3')].map((each) => Number(each.tagName[1]))")
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert page.evaluate("""[...document.querySelectorAll('.chart')]
        .every((each) => each.getAttribute('role') === 'img' && each.getAttribute('aria-label').length > 20)""")
    assert page.evaluate("""[...document.querySelectorAll('table[data-table]')].every((each) => each.caption
        && each.querySelectorAll('thead th[scope=col]').length === each.tBodies[0].rows[0].cells.length
        && [...each.tBodies[0].rows].every((row) => row.cells[0].scope === 'row'))""")
    statuses = page.evaluate("""[...document.querySelectorAll('.status')].map((each) =>
        [each.textContent, getComputedStyle(each, '::before').content])""")
    # Told apart by a word and a sign, whatever their colour.
    assert len({text for text, _ in statuses}) == len({sign for _, sign in statuses}) == 4


def test_a_hostile_name_is_shown_and_does_nothing(report: Report) -> None:
    page = report.show()
    assert page.evaluate("window.hacked") is None
    assert page.evaluate(f"document.body.innerText.includes({json.dumps(HOSTILE)})")


def test_a_link_to_a_table_opens_its_entry(report: Report) -> None:
    page = report.show()
    assert not page.evaluate("document.getElementById('table-retention_cohorts').open")
    page.evaluate("document.querySelector('#cohorts figcaption a').click()")
    page.wait_for("document.getElementById('table-retention_cohorts').open")
    entry = page.evaluate("document.getElementById('table-retention_cohorts').innerText")
    assert "select * from marts.retention_cohorts" in entry


def test_without_tables_the_page_says_why(report: Report, tmp_path: Path) -> None:
    published = write_published(tmp_path / "published.duckdb", {}, marts=[])
    write_report(published, tmp_path / "report.html")
    report.page.show((tmp_path / "report.html").as_uri(), width=390, height=844)
    assert report.page.evaluate("document.querySelectorAll('.reason').length") == 11
    assert report.page.evaluate("document.documentElement.scrollWidth") == 390
    assert report.page.problems == []
