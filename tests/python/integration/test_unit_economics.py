"""Costs, customer value, campaigns, NPS, e-mail and lead sources on an account small enough to work out by hand.

The same account in three states: nothing is known of costs; only the campaigns are; the two cost files are filled in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import sqrt
from pathlib import Path

import duckdb
import pytest

from tests.python.small_accounts.building import Row, dbt, land, rows, write_account
from tests.python.small_accounts.economics_account import campaigns, crm, customers, write_crm

MARTS = ("unit_economics_monthly", "campaign_roi", "nps_monthly", "email_performance", "lead_source_quality")
DECEMBER, JANUARY, FEBRUARY = date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)
CENT = Decimal("0.005")
MARKETING = [
    # 500 euros at 1.20 for everything, $400 for a source that brought nobody, $900 for a segment
    ("2025-12", "", "", "500", "EUR", "agency"),
    ("2025-12-01", "paid_search", "", "400", "usd", ""),
    ("2026-02", "", "Enterprise", "900", "usd", "fair"),
]
SALES = [("2025-12", "", "", "600", "usd", "salaries"), ("2026-02", "", "", "0", "usd", "nobody sold")]
BAD = [
    ("2026-13", "", "", "1", "usd", "thirteenth month"),
    ("2026-01", "", "", "1", "kronor", "no code"),
    ("2026-01", "", "", "-1", "usd", "negative"),
    ("2026-01", "", "", "1 000", "usd", "no number"),
]


@dataclass(frozen=True)
class States:
    """January's row and the benchmarks before there were costs, then with campaigns; the finished account."""

    nothing: Row
    unknown: Mapping[str, Row]
    only_marketing: Row
    home: Path


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> States:
    home = tmp_path_factory.mktemp("economics")
    write_account(customers(), home / "folder")
    write_crm(home / "folder", crm())
    land(home / "folder", home)
    built(home, *(f"+{mart}" for mart in MARTS), "+benchmark_results")
    nothing, unknown = economics(home, JANUARY), verdicts(home)
    write_crm(home / "later", {"campaigns": campaigns()})
    land(home / "later", home)
    staged = ("stg_hubspot__campaigns", "stg_hubspot__campaign_spend_items")
    spent = (
        "int_campaign_contacts",
        "int_campaign_spend",
        "int_acquisition_costs",
        "int_cost_months",
        "int_unit_costs",
    )
    built(home, *staged, *spent, "unit_economics_monthly")
    only_marketing = economics(home, JANUARY)
    fill(home, "marketing_spend", MARKETING)
    fill(home, "sales_costs", SALES)
    subjects = (
        "int_cost_rows+",
        "int_customer_campaigns+",
        "int_nps_responses+",
        "email_performance+",
        "int_source_leads+",
    )
    built(home, *subjects, tested=True)
    return States(nothing, unknown, only_marketing, home)


def built(home: Path, *models: str, tested: bool = False) -> None:
    """Build models; their tests too in the last state, where there is most to find."""
    without = ("unit_test",) if tested else ("unit_test", "test")
    done = dbt(
        home,
        *("build", "--select", *models, "--indirect-selection", "cautious"),
        *(f"--exclude-resource-type={kind}" for kind in without),
    )
    assert done.returncode == 0, done.stdout + done.stderr


def fill(home: Path, seed: str, lines: list[tuple[str, ...]]) -> None:
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.executemany(f"insert into seeds.{seed} values (?, ?, ?, ?, ?, ?)", lines)


def economics(home: Path, month: date, dimension: str = "all", value: str = "all") -> Row:
    (found,) = rows(
        home,
        "select * from marts.unit_economics_monthly "
        f"where month = date '{month}' and dimension = '{dimension}' and dimension_value = '{value}'",
    )
    return found


def verdicts(home: Path) -> dict[str, Row]:
    found = rows(home, f"select * from marts.benchmark_results where month = date '{FEBRUARY}' and segment = 'all'")
    return {row["metric"]: row for row in found}


def test_without_costs_nothing_is_known_and_nothing_is_zero(states: States) -> None:
    found = states.nothing
    assert found["new_customers"] == 250
    assert [found[name] for name in ("spend", "marketing_spend", "sales_cost", "cac", "marketing_cac")] == [None] * 5
    assert found["ltv_to_cac"] is None
    assert found["cac_payback_months"] is None
    for source in ("connect HubSpot campaigns", "seeds/marketing_spend.csv", "seeds/sales_costs.csv"):
        assert source in found["not_computable_reason"]


@pytest.mark.parametrize("metric", ["cac", "ltv_to_cac", "cac_payback_months"])
def test_without_costs_the_benchmarks_say_what_to_connect(states: States, metric: str) -> None:
    found = states.unknown[metric]
    assert (found["status"], found["value"]) == ("not_computable", None)
    assert found["reason"].startswith("source absent: no marketing spend: connect HubSpot campaigns")
    assert "seeds/sales_costs.csv" in found["reason"]


def test_with_campaigns_only_marketing_has_a_cost_per_customer(states: States) -> None:
    """$100,000 for 250 customers."""
    found = states.only_marketing
    assert (found["marketing_spend"], found["marketing_cac"]) == (100_000, 400)
    assert (found["spend"], found["cac"]) == (None, None)
    assert found["not_computable_reason"].startswith("no sales costs: fill seeds/sales_costs.csv")


def test_two_currencies_and_a_source_that_brought_nobody(states: States) -> None:
    """December: 500 euros at 1.20 + $400 + $600 = $1,600 for 5 customers.

    By source: $400 are paid search's own. The $1,200 left go by the head: 2 organic, 3 unknown, so 480 and 720.
    """
    found = economics(states.home, DECEMBER)
    assert (found["marketing_spend"], found["sales_cost"], found["spend"], found["cac"]) == (1000, 600, 1600, 320)
    by_source = {
        value: economics(states.home, DECEMBER, "source", value)
        for value in ("ORGANIC_SEARCH", "unknown", "PAID_SEARCH")
    }
    assert {value: row["spend"] for value, row in by_source.items()} == {
        "ORGANIC_SEARCH": 480,
        "unknown": 720,
        "PAID_SEARCH": 400,
    }
    assert (by_source["ORGANIC_SEARCH"]["cac"], by_source["ORGANIC_SEARCH"]["allocated_spend"]) == (240, 480)
    assert by_source["PAID_SEARCH"]["cac"] is None
    assert "no new customer" in by_source["PAID_SEARCH"]["not_computable_reason"]


def test_a_month_without_sales_costs_is_unknown_while_others_have_them(states: States) -> None:
    """The spend item entered in February belongs to a campaign that ended in January.

    Payback: December's $1,600 / (250 x 75 x 0.8).
    """
    found = economics(states.home, JANUARY)
    assert (found["marketing_spend"], found["marketing_cac"], found["spend"], found["cac"]) == (
        100_000,
        400,
        None,
        None,
    )
    assert "add a row to seeds/sales_costs.csv (0 where there were none)" in found["not_computable_reason"]
    assert "no churn observed" in found["not_computable_reason"]
    assert found["cac_payback_months"] == Decimal(1600 / 15000).quantize(Decimal("1e-8"))
    by_source = [
        economics(states.home, JANUARY, "source", value)["marketing_spend"] for value in ("PAID_SEARCH", "PAID_SOCIAL")
    ]
    assert by_source == [80_000, 20_000]
    assert verdicts(states.home)["cac"]["status"] == "not_computable"
    assert "sales costs of the month unknown" in verdicts(states.home)["cac"]["reason"]


def test_an_explicit_zero_is_zero(states: States) -> None:
    """February: $900 + 0 for 3 customers.

    Monthly churn: 13 of the openings of January (5) and February (255), 5 %.
    MRR: 5 x 100 + 237 x 75 + 3 x 200 of 245 customers.
    """
    found = economics(states.home, FEBRUARY)
    arpa = Decimal(500 + 237 * 75 + 600) / 245
    assert (found["sales_cost"], found["spend"], found["cac"]) == (0, 900, 300)
    assert (found["churn_base"], found["churn_count"], found["churn_rate"]) == (260, 13, Decimal("0.05"))
    assert abs(found["ltv"] - arpa * Decimal("0.8") * 20) < CENT
    assert abs(found["ltv_to_cac"] - arpa * 16 / 300) < Decimal("0.0001")
    assert found["not_computable_reason"].startswith("payback: of the month before, sales costs of the month unknown")
    segments = {value: economics(states.home, FEBRUARY, "segment", value)["cac"] for value in ("enterprise", "smb")}
    assert segments == {"enterprise": 900, "smb": 0}


def test_a_currency_without_rate_is_unknown(states: States) -> None:
    found = economics(states.home, date(2025, 11, 1))
    assert (found["marketing_spend"], found["new_customers"]) == (None, 0)
    assert "currency without exchange rate: add it to seeds/fx_rates.csv" in found["not_computable_reason"]


def test_the_campaign_of_the_guide(states: States) -> None:
    """The guide: $100,000, 20 % of the leads buy, CLV $1,200, CAC $400, 3:1; so 250 customers of 1,250 leads.

    CLV: $75 x 0.8 / 5 %. ROI: (250 x 1,200 - 100,000) / 100,000.
    """
    found = {row["campaign_id"]: row for row in rows(states.home, "select * from marts.campaign_roi")}
    expected = {
        "spend": 100_000,
        "leads": 1250,
        "customers": 250,
        "conversion": Decimal("0.2"),
        "clv": 1200,
        "cac": 400,
        "ltv_to_cac": 3,
        "roi": 2,
        "cost_per_lead": 80,
        "not_computable_reason": None,
    }
    assert {name: found["guide"][name] for name in expected} == expected
    assert (found["free"]["spend"], found["free"]["roi"]) == (None, None)
    assert "no spend item" in found["free"]["not_computable_reason"]
    assert "seeds/fx_rates.csv" in found["abroad"]["not_computable_reason"]


def test_the_last_answer_of_a_contact_counts(states: States) -> None:
    """Two promoters, one passive, two detractors.

    Left out: the other survey, a text, the first answer of who gave two, the future.
    Interval: (2 + 0.75) / (5 + 3) promoters and as many detractors: 0 -+ 1.96 x sqrt(0.6875 / 8).
    """
    (found,) = rows(states.home, "select * from marts.nps_monthly where dimension = 'all'")
    counts = ("month", "responses", "promoters", "passives", "detractors", "nps")
    assert [found[name] for name in counts] == [FEBRUARY, 5, 2, 1, 2, 0]
    half = 100 * 1.959964 * sqrt(2 * 2.75 / 8 / 8)
    assert float(found["nps_low"]) == pytest.approx(-half, abs=0.001)
    assert float(found["nps_high"]) == pytest.approx(half, abs=0.001)
    assert verdicts(states.home)["nps"]["reason"] == "n too small: 5 of at least 30"


def test_email_rates_are_sums_over_sums(states: States) -> None:
    """(270 + 10) / (900 + 100) opened and 27 / 1,000 clicked; the mean of the two rates would be 20 % and 1.5 %."""
    found = rows(states.home, "select * from marts.email_performance where dimension = 'all'")
    columns = ("month", "emails", "delivered", "opens", "clicks", "open_rate", "click_rate")
    assert [[row[name] for name in columns] for row in found] == [
        [FEBRUARY, 2, 1000, 280, 27, Decimal("0.28"), Decimal("0.027")]
    ]
    results = verdicts(states.home)
    assert [results[name]["status"] for name in ("email_open_rate", "email_click_rate")] == ["pass", "pass"]


def test_lead_sources(states: States) -> None:
    """32 organic leads: 16 MQL, 8 SQL, 4 customers; MRR 2 x $100. Of five referrals one was imported as a lead and one,
    who was none, as a customer."""
    found = {row["source"]: row for row in rows(states.home, "select * from marts.lead_source_quality")}
    organic, referrals = found["ORGANIC_SEARCH"], found["REFERRALS"]
    assert [organic[name] for name in ("leads", "mql_leads", "sql_leads", "won_leads")] == [32, 16, 8, 4]
    assert [organic[name] for name in ("mql_rate", "sql_rate", "won_rate")] == [
        Decimal("0.5"),
        Decimal("0.25"),
        Decimal("0.125"),
    ]
    assert (organic["mrr"], organic["mrr_per_lead"]) == (200, Decimal("6.25"))
    assert (organic["nrr_12m"], organic["reason"]) == (None, "no customer of this source twelve months ago")
    assert (referrals["leads"], referrals["won_leads"]) == (3, 0)
    assert referrals["reason"].startswith("n too small: 3 mature leads of at least 30")


def test_bad_rows_stop_the_build_and_are_named(states: States) -> None:
    fill(states.home, "marketing_spend", BAD)
    done = dbt(states.home, "build", "--select", "int_cost_rows", "int_cost_months")
    assert done.returncode != 0
    assert "cost_files_have_no_bad_rows" in done.stdout
    found = rows(states.home, "select file_row, problem from intermediate.int_cost_rows where problem is not null")
    assert {row["file_row"]: row["problem"] for row in found} == {
        "seeds/marketing_spend.csv: 2026-13,,,1,usd,thirteenth month": "month is not of the form 2026-03",
        "seeds/marketing_spend.csv: 2026-01,,,1,kronor,no code": "currency is not a code of three letters",
        "seeds/marketing_spend.csv: 2026-01,,,-1,usd,negative": "amount is negative",
        "seeds/marketing_spend.csv: 2026-01,,,1 000,usd,no number": "amount is not a number with a decimal point",
    }
