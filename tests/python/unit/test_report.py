"""The report without a browser: what it says of full, empty and missing tables, and its figures."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration.checks.verdicts import Result
from orchestration.report.blocks import Cell, Section
from orchestration.report.page import write_report
from orchestration.report.ranges import range_bar
from orchestration.report.words import money, month, number, percent
from orchestration.settings import UserError
from tests.python.report_pages.company import HOSTILE_KEY, benchmark, tables
from tests.python.report_pages.elements import page_of, sections_of
from tests.python.report_pages.published import MARTS, write_published


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_published(tmp_path_factory.mktemp("report") / "published.duckdb", tables())


def shown(cells: Sequence[Cell]) -> list[str]:
    return [cell.text for cell in cells]


def drawn(section: Section) -> list[dict[str, Any]]:
    """The rows of a section's first chart."""
    spec = section.charts[0].spec
    data = spec.get("data") or spec["layer"][0]["data"]
    return data["values"]


def test_the_headline_is_of_the_last_month_that_is_over(full: Path) -> None:
    cards = {card.label: card for card in sections_of(full)["headline"].cards}
    assert {label: card.cell.text for label, card in cards.items()} == {
        "MRR": "2,512",
        "ARR": "30,147",  # 12 x 2,512.24 = 30,146.88
        "Paying customers": "24",
        "NRR, 12 months": "106.2 %",
        "GRR, 12 months": "91.5 %",
        "Logo churn": "4.8 %",
    }
    assert cards["MRR"].note == "+14.2 % in the month"  # 2,512.24 / 2,200 = 1.1419
    assert cards["NRR, 12 months"].note == "+1.2 points in the month"  # 106.2 - 105.0
    assert cards["Paying customers"].note == "+3 in the month"
    assert cards["MRR"].cell.exact == "2512.24000000"


def test_a_month_ends_in_the_reporting_time_zone(tmp_path: Path) -> None:
    late = {"as_of": "2026-03-31 23:30:00+00", "reporting_timezone": "Europe/Stockholm"}
    path = write_published(tmp_path / "published.duckdb", tables(), meta=late)
    assert sections_of(path)["headline"].lead.startswith("At the end of March 2026")  # 1 April, 01:30 in Stockholm


def test_the_bridge_leads_from_opening_to_closing(full: Path) -> None:
    section = sections_of(full)["bridge"]
    # 2,200 + 300.25 + 120.40 - 40 - 80.75 + 12.34 = 2,512.24
    assert section.lead == (
        "MRR rose from 2,200 to 2,512 USD: new +300, expansion +120, contraction -40, churn -81, fx +12."
    )
    ends = {row["label"]: round(row["end"], 2) for row in drawn(section)}
    assert ends["New"] == 2500.25 and ends["Expansion"] == 2620.65 and ends["Churn"] == 2499.90
    assert ends["FX"] == ends["Closing"] == 2512.24


def test_an_unknown_amount_is_no_zero_in_the_bridge(tmp_path: Path) -> None:
    unknown = {**tables()["nrr_monthly"][13], "closing_mrr": None}
    sections = sections_of(write_published(tmp_path / "published.duckdb", {"nrr_monthly": [unknown]}))
    assert str(sections["bridge"].reason).startswith("Not all movements of February 2026 are known in USD")
    assert sections["headline"].cards[0].cell.exact == ""


def test_movements_take_two_years_at_most_and_no_open_month(full: Path) -> None:
    section = sections_of(full)["movements"]
    # 13 x (130 + 20) + 300.25 + 120.40 = 2,370.65; 13 x (-15 - 35) - 40 - 80.75 = -770.75
    assert section.lead == (
        "2025-01 to 2026-02: +2,371 from new, expansion and reactivation, -771 from contraction and churn (USD)."
    )
    assert section.tables[0].keys[0] == "2026-02-01" and len(section.tables[0].keys) == 14


def test_cohorts_are_told_together_and_only_at_ages_that_are_over(full: Path) -> None:
    section = sections_of(full)["cohorts"]
    # (900 + 1,000) / (1,000 + 1,000) = 95 %
    assert section.lead == "After 1 month, 2 cohorts together had 95.0 % of their first MRR. Constant currency."
    assert [(cell["cohort"], cell["age"], cell["text"]) for cell in drawn(section)] == [
        ("2025-12", 0, "100"), ("2025-12", 1, "90"), ("2025-12", 2, "80"), ("2026-01", 0, "100"), ("2026-01", 1, "100"),
    ]  # fmt: skip


def test_the_funnel_says_which_step_cannot_be_computed_and_why(full: Path) -> None:
    section = sections_of(full)["funnel"]
    assert [chart.title for chart in section.charts] == ["Deals won"]
    assert "Not computable: Visitor to lead;" in section.lead
    by_name = {row[0].text: shown(row) for row in section.tables[0].rows}
    assert by_name["Visitor to lead"][1] == "Not computable"
    assert by_name["Visitor to lead"][6] == "source absent: connect web analytics"
    assert by_name["Deals won"][1:4] == ["Fail", "10 %", "20-30 %"]
    assert by_name["Deals won"][7] == "Mend win_rate."
    assert section.tables[1].keys == ["2025-12-01/lead/marketingqualifiedlead"]  # February's cohort is not mature


def test_unit_economics_show_what_is_known_and_say_what_is_not(full: Path) -> None:
    section = sections_of(full)["economics"]
    assert {card.label: card.cell.text for card in section.cards} == {
        "New customers": "12", "CAC": "450", "LTV": "1,800", "LTV to CAC": "4.0 x", "CAC payback": "–",  # noqa: RUF001
    }  # fmt: skip
    assert section.reason == "Not all of it can be computed: payback: costs of the month before unknown."


def test_ten_deals_and_the_customers_that_need_attention(full: Path) -> None:
    sections = sections_of(full)
    assert sections["deals"].lead.startswith("12 open deals show a sign of risk, 66,000 USD in all")  # 11,000 + ... + 0
    assert sections["deals"].tables[0].keys == [HOSTILE_KEY, *(f"d{rank}" for rank in range(2, 11))]
    assert sections["customers"].lead.startswith("2 of 3 customers who pay now need attention, 100 USD of MRR at risk")
    assert sections["customers"].tables[0].keys == ["cus_1", "cus_2"]
    assert sections["customers"].tables[0].rows[1][0].text == "cus_2"  # no company is known


def test_benchmarks_stand_worst_first(full: Path) -> None:
    section = sections_of(full)["benchmarks"]
    assert section.lead.startswith("6 benchmarks: 2 fail, 1 warn, 2 pass, 1 not computable.")
    statuses = [row[1].value for row in section.tables[0].rows]
    pooled = {row[0].text: row[5].note for row in section.tables[0].rows}
    assert (pooled["Win rate"], pooled["ACV (sales led)"]) == ("3\xa0months", "")
    assert statuses == ["fail", "fail", "warn", "pass", "pass", "not_computable"]


def test_empty_tables_say_why_there_is_nothing(tmp_path: Path) -> None:
    path = write_published(tmp_path / "published.duckdb", {})
    sections = sections_of(path)
    assert len(sections) == 11 and all(section.reason for section in sections.values())
    assert sections["headline"].reason == "No month with revenue has ended yet."
    assert sections["deals"].reason == "No open deal is known."
    assert sections["customers"].reason == "No customer pays at present."
    html = page_of(path)
    assert all(str(section.reason) in html for section in sections.values())
    assert "<script" not in html  # nothing to draw


def test_no_deal_at_risk_is_good_news_where_deals_are_open(tmp_path: Path) -> None:
    rows = {"fct_deals": [{"deal_id": "1", "outcome": "open"}, {"deal_id": "2", "outcome": "won"}]}
    path = write_published(tmp_path / "published.duckdb", rows)
    assert sections_of(path)["deals"].reason == "None of 1 open deals shows a sign of risk."


def test_a_company_in_its_first_month_has_no_retention_yet(tmp_path: Path) -> None:
    first = {**tables()["nrr_monthly"][13], "nrr_12m": None, "grr_12m": None, "quick_ratio": None, "opening_mrr": 0}
    sections = sections_of(write_published(tmp_path / "published.duckdb", {"nrr_monthly": [first]}))
    assert "no customer has paid for that long" in str(sections["retention"].reason)
    assert sections["headline"].cards[3].cell.text == "–"  # noqa: RUF001
    assert sections["headline"].cards[0].note == ""


@pytest.mark.parametrize("mart", [mart for mart in MARTS if mart not in ("fct_deals", "funnel_conversion")])
def test_a_missing_mart_costs_its_section_only(tmp_path: Path, mart: str) -> None:
    marts = [name for name in MARTS if name != mart]
    path = write_published(tmp_path / "published.duckdb", tables(), marts=marts)
    sections = sections_of(path)
    silent = [section for section in sections.values() if mart in str(section.reason)]
    assert silent
    assert all(mart in section.sources for section in silent)
    assert sections["bridge" if mart != "nrr_monthly" else "cohorts"].reason is None
    assert page_of(path).count(f"The table {mart} is not in published.duckdb.") == len(silent)


def test_without_any_mart_the_page_still_stands(tmp_path: Path) -> None:
    html = page_of(write_published(tmp_path / "published.duckdb", {}, marts=[]))
    assert html.count("is not in published.duckdb.") == 11


def test_what_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"published\.duckdb does not exist yet"):
        write_report(tmp_path / "published.duckdb", tmp_path / "report.html")
    assert list(tmp_path.iterdir()) == []


def test_a_range_is_drawn_to_scale() -> None:
    row = benchmark("win_rate", value=Decimal("0.25"), n=40, value_low=None, value_high=None)
    wanted = ("metric", "segment", "month", "value", "n", "value_low", "value_high")
    result = Result(
        *(row[name] for name in wanted), range_low=Decimal("0.2"), range_high=Decimal("0.3"), status="pass", reason=None
    )
    drawn = str(range_bar(result))
    # From 0 to 0.33 on 130 of 140 pixels, after an edge of 5: 0.25 at 103.5; the band from 83.8 to 123.2.
    assert 'cx="103.5"' in drawn
    assert 'x="83.8"' in drawn and 'width="39.4"' in drawn


def test_figures_in_words() -> None:
    assert shown([money(None), money(Decimal("0")), money(Decimal("1.5")), money(Decimal("12345.6"))]) == [
        "–", "0", "1.50", "12,346",  # noqa: RUF001
    ]  # fmt: skip
    assert shown([money(Decimal("20"), signed=True), money(Decimal("0"), signed=True)]) == ["+20", "0"]
    assert percent(Decimal("1.0416")).text == "104.2 %"
    assert number(Decimal("3.44"), 1, " x").text == "3.4 x"
    first = month(tables()["nrr_monthly"][0]["month"])
    assert (first.text, first.exact) == ("2025-01", "2025-01-01")
