"""Deals, forecast, risks and the team's scorecard on an account small enough to work out by hand."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.python.small_accounts.building import Row, dbt, land, rows
from tests.python.small_accounts.sales_customers import write_sales

MARTS = ("sales_performance", "pipeline_forecast", "deals_at_risk", "team_scorecard")
TWO_DEALS_SUFFICE = {"stage_min_deals": 2}
JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sales") / "folder"
    write_sales(folder)
    return folder


@pytest.fixture(scope="module")
def home(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("sales_home")
    land(folder, home)
    selection = ("--select", *(f"+{mart}" for mart in MARTS), "--indirect-selection", "cautious")
    done = dbt(home, "build", *selection, "--exclude-resource-type", "unit_test", policies=TWO_DEALS_SUFFICE)
    assert done.returncode == 0, done.stdout + done.stderr
    return home


@pytest.fixture(scope="module")
def home_in_december(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same objects, looked at as of 28 December 2025."""
    home = tmp_path_factory.mktemp("sales_december")
    land(folder, home)
    done = dbt(home, "build", "--select", "+int_deals", "--exclude-resource-type", "test", as_of="2025-12-28T12:00:00Z")
    assert done.returncode == 0, done.stdout + done.stderr
    return home


def deal(home: Path, name: str, table: str = "marts.fct_deals") -> Row:
    (found,) = rows(home, f"select * from {table} where deal_id = '{name}'")
    return found


def one(home: Path, table: str, **key: object) -> Row:
    where = " and ".join(f"{column} = '{value}'" for column, value in key.items())
    (found,) = rows(home, f"select * from marts.{table} where {where}")
    return found


def test_archived_and_merged_deals_are_in_no_table(home: Path) -> None:
    names = {row["deal_id"] for row in rows(home, "select deal_id from marts.fct_deals")}
    assert names == {*"ABCDEFGHKLPQRSTUVWZ", "FUT", "M1", "M2", "M3", "M4", "M5", "M6"}


def test_only_a_later_date_set_while_the_deal_was_open_is_a_push(home: Path) -> None:
    """P: 1 December, then 15 January (1), back to 31 December, then 10 February (2). E: its own closing set the date.
    R: its closing brought the date forward, reopening it put it off (1). Q has no history of dates."""
    assert {name: deal(home, name)["times_pushed"] for name in "PERQ"} == {"P": 2, "E": 0, "R": 1, "Q": None}
    pushed = deal(home, "P")
    assert (pushed["first_expected_close_on"], pushed["expected_close_on"]) == (date(2025, 12, 1), date(2026, 2, 10))
    assert deal(home, "Q")["first_expected_close_on"] is None


def test_a_reopened_deal_is_open_again(home: Path) -> None:
    reopened = deal(home, "R")
    assert (reopened["outcome"], reopened["times_reopened"], reopened["closed_on"]) == ("open", 1, None)
    assert (reopened["expected_close_on"], reopened["cycle_days"]) == (date(2026, 4, 30), None)
    assert deal(home, "P")["times_reopened"] == 0


def test_a_deal_that_closes_in_the_future_closed_when_it_was_moved(home: Path) -> None:
    """Created on 1 February, won on 1 March: 28 days, whatever the close date of 30 June says."""
    found = deal(home, "FUT")
    assert (found["outcome"], found["closed_on"], found["is_close_date_in_future"]) == ("won", date(2026, 3, 1), True)
    assert found["cycle_days"] == 28
    assert not deal(home, "A")["is_close_date_in_future"]


def test_amounts_are_in_the_reporting_currency_or_say_why_not(home: Path) -> None:
    """S: HubSpot made 600 dollars of 500 euros. T, open: 1,000 euros at 1.50. U, of December: 100 euros at 1.00."""
    expected = {
        "A": (1000, 1200, None),
        "F": (4000, 4000, None),
        "S": (600, 600, None),
        "T": (1500, 1500, None),
        "U": (100, 100, None),
        "V": (None, None, "no exchange rate: add xaf to fx_rates.csv"),
        "W": (None, None, "no amount"),
    }
    found = {name: deal(home, name) for name in expected}
    columns = ("amount_home", "acv_home", "amount_missing_reason")
    assert {name: tuple(row[column] for column in columns) for name, row in found.items()} == expected


def test_the_home_currency_is_the_one_that_hubspot_names(home: Path) -> None:
    assert rows(home, "select * from intermediate.int_crm_home_currency") == [
        {"home_currency": "usd", "evidence": "told"}
    ]


def test_the_sales_cycle_counts_deals_that_are_still_open(home: Path) -> None:
    """Owner 11 at the end of February, days from creation: 10 won (A), 20 lost (B), 30 won (C), 30 open (D), 40 open
    (E, won in March), 50 won (F). G was created more than twelve months before. Kaplan-Meier: after 10 days 1 - 1/6
    = 5/6; after 30, four being at risk, 5/6 * 3/4 = 0.625; after 50 nothing is left. Half, three quarters and nine
    tenths are won after 50 days. The deals won in February alone took 30, 50 and 396 days."""
    found = one(home, "sales_performance", dimension="owner", dimension_value="11", close_month=FEBRUARY)
    survival = ("survival_deals", "survival_won", "survival_share_open")
    assert tuple(found[column] for column in survival) == (6, 3, 0)
    assert [found[f"survival_p{share}_days"] for share in (50, 75, 90)] == [50, 50, 50]
    assert (found["won"], found["lost"], found["cycle_deals"], found["cycle_p50_days"]) == (3, 0, 3, 50)
    # 30, 50, 396: three quarters of the way is half way from 50 to 396, nine tenths eight tenths of it
    assert (found["cycle_p75_days"], found["cycle_p90_days"]) == (223, Decimal("326.80"))


def test_a_percentile_that_the_curve_does_not_reach_is_not_known(home: Path) -> None:
    """Owner 11 at the end of January: open for 2 days (D), 12 (E), 22 (C) and 31 (F), won after 10 (A), lost after 20
    (B). Five are at risk after 10 days: 1 - 1/5 = 0.8 is as low as it goes."""
    found = one(home, "sales_performance", dimension="owner", dimension_value="11", close_month=JANUARY)
    assert (found["survival_deals"], found["survival_won"]) == (6, 1)
    assert found["survival_share_open"] == Decimal("0.8")
    assert [found[f"survival_p{share}_days"] for share in (50, 75, 90)] == [None, None, None]
    assert (found["won"], found["lost"], found["win_rate_count"]) == (1, 1, Decimal("0.5"))
    assert found["cycle_p50_days"] == 10


def test_annual_values_are_those_of_the_line_items_where_there_are_any(home: Path) -> None:
    """February, owner 11: C has no amount, F 4,000, G 2,000 but an annual value of 1,000."""
    found = one(home, "sales_performance", dimension="owner", dimension_value="11", close_month=FEBRUARY)
    columns = ("won_amount", "with_amount", "acv_deals", "acv_mean", "acv_median")
    assert tuple(found[column] for column in columns) == (6000, 2, 2, 2500, 2500)


def test_deals_are_split_by_pipeline_and_by_the_segment_of_their_company(home: Path) -> None:
    other = one(home, "sales_performance", dimension="pipeline", dimension_value="770")
    assert (other["close_month"], other["won"], other["won_amount"]) == (date(2025, 12, 1), 1, 600)
    months = rows(
        home,
        "select close_month, won from marts.sales_performance "
        "where dimension = 'segment' and dimension_value = 'enterprise' order by 1",
    )
    assert [(row["close_month"], row["won"]) for row in months] == [(date(2025, 11, 1), 1), (FEBRUARY, 1)]


def test_renewals_are_told_from_new_business(home: Path) -> None:
    """S is a renewal, A is new; of the others nobody says it. All together they are all deals."""
    found = rows(
        home,
        "select dimension, dimension_value, cast(sum(won) as int) as won, cast(sum(lost) as int) as lost "
        "from marts.sales_performance where dimension in ('all', 'deal_type') group by all",
    )
    counts = {row["dimension_value"]: (row["won"], row["lost"]) for row in found}
    assert (counts["existingbusiness"], counts["newbusiness"]) == ((1, 0), (1, 0))
    assert counts["unknown"] == (counts["all"][0] - 2, counts["all"][1])
    assert deal(home, "S")["deal_type"] == "existingbusiness"


def test_the_forecast_weighs_by_the_stage_and_by_the_accounts_own_past(home: Path) -> None:
    """April, demo: Q 5,000, K 2,000, L 1,000; 40 % of 8,000 is 3,200. Of A, C, F and H, which stood in the demo, three
    were won: 75 % of 8,000 is 6,000. P (9,000) is expected in February."""
    key = {"dimension": "all", "stage_id": "presentationscheduled"}
    found = one(home, "pipeline_forecast", **key, expected_close_month=date(2026, 4, 1))
    assert (found["deals"], found["amount"], found["weighted_amount"]) == (3, 8000, 3200)
    history = ("historic_deals", "historic_win_rate", "historic_weighted_amount", "historic_missing_reason")
    assert tuple(found[column] for column in history) == (4, Decimal("0.75"), 6000, None)
    late = one(home, "pipeline_forecast", **key, expected_close_month=FEBRUARY)
    assert (late["deals"], late["weighted_amount"]) == (1, 3600)


def test_a_stage_that_is_gone_has_the_deals_probability_and_no_past(home: Path) -> None:
    """100 at the deal's own 30 %; nobody was ever won or lost from it."""
    found = one(home, "pipeline_forecast", dimension="all", stage_id="gone")
    assert (found["stage_label"], found["weighted_amount"], found["historic_win_rate"]) == (None, 30, None)
    assert found["historic_missing_reason"] == "n too small: 0 decided deals of at least 2 have stood in the stage"


def test_a_year_of_five_digits_is_no_date(home: Path) -> None:
    """It is reported, and the forecast has the deal without a month."""
    (staged,) = rows(home, "select close_at, failed_casts from staging.stg_hubspot__deals where deal_id = 'Z'")
    assert (staged["close_at"], staged["failed_casts"]) == (None, 1)
    assert one(home, "pipeline_forecast", dimension="all", stage_id="gone")["expected_close_month"] is None


def test_every_open_deal_is_in_the_forecast_once(home: Path) -> None:
    """D, K, L, P, Q, R, T, V, W, Z: 2,000 + 1,000 + 9,000 + 5,000 + 7,000 + 1,500 + 100; D, V and W have no amount."""
    found = rows(home, "select dimension, sum(deals) as n, sum(amount) as a from marts.pipeline_forecast group by 1")
    assert {row["dimension"]: (row["n"], row["a"]) for row in found} == dict.fromkeys(
        ("all", "owner", "segment", "pipeline"), (10, 25_600)
    )


def test_deals_at_risk_say_why_and_come_by_what_is_at_stake(home: Path) -> None:
    """Today is 15 March, noon. P: planned for 10 February. Q: 42 days in the demo, where A, C and F took 6, 11 and 16
    (three quarters: 13.5); met on 20 February. K: last activity on 30 January. W: planned for yesterday; nothing
    since it was created on 5 January, all that time in a stage where A, C, FUT, F, E and G took 4, 19, 28, 34, 44
    and 396 days (three quarters: 41.5). D: 44 days in the same one. L has a meeting to come."""
    found = rows(home, "select * from marts.deals_at_risk order by worth_rank")
    assert [(row["deal_id"], row["reasons"]) for row in found] == [
        ("P", "close date overdue by 33 days; close date pushed 2 times"),
        ("Q", "42 days in presentationscheduled, three of four won deals needed at most 13"),
        ("K", "no activity for 44 days"),
        (
            "W",
            "close date overdue by 1 days; no activity for 69 days; 69 days in appointmentscheduled, three of four won "
            "deals needed at most 41",
        ),
        ("D", "44 days in appointmentscheduled, three of four won deals needed at most 41"),
    ]
    worth = [(row["amount_home"], row["weighted_amount"]) for row in found]
    assert worth == [(9000, 3600), (5000, 2000), (2000, 800), (None, None), (None, None)]
    flags = ("is_overdue", "is_inactive", "is_stuck", "is_pushed")
    assert [tuple(row[flag] for flag in flags) for row in found[:2]] == [
        (True, False, False, True),
        (False, False, True, None),
    ]


def test_the_last_activity_is_the_later_of_the_deals_own_and_its_meetings(home: Path) -> None:
    """Q was logged on 20 January and met on 20 February; its later meetings were archived or cancelled."""
    found = {name: deal(home, name) for name in "QKWL"}
    activity = {name: (row["last_activity_at"], row["last_activity_source"]) for name, row in found.items()}
    assert {name: (at and at.date(), source) for name, (at, source) in activity.items()} == {
        "Q": (date(2026, 2, 20), "meeting"),
        "K": (date(2026, 1, 30), "deal_property"),
        "W": (None, None),
        "L": (date(2026, 1, 30), "deal_property"),
    }
    assert found["W"]["last_activity_missing_reason"] == "no activity was ever logged"
    assert found["L"]["next_activity_at"].date() == date(2026, 3, 20)


def test_meetings_are_counted_by_who_booked_them(home: Path) -> None:
    """Owner 21 booked six in February and one in January. Held in February: m1, m2, m5. Not held: m3. m4 was put off,
    m6 has no outcome, m7 is to come, m8 is archived. Wilson interval of 3 of 4: 0.6275 -+ 0.3269."""
    found = one(home, "team_scorecard", role="sdr", owner_id="21", month=FEBRUARY)
    counts = ("meetings_booked", "meetings_held", "meetings_not_held", "meetings_without_outcome")
    assert tuple(found[column] for column in counts) == (6, 3, 1, 1)
    assert found["held_share"] == Decimal("0.75")
    assert abs(found["held_share_low"] - Decimal("0.300642")) < Decimal("0.000002")
    assert abs(found["held_share_high"] - Decimal("0.954413")) < Decimal("0.000002")
    # No calls, tasks or leads in the account at all; e-mails there are.
    others = ("calls_made", "tasks_completed", "leads_received", "emails_sent")
    assert tuple(found[column] for column in others) == (None, None, None, 1)
    january = one(home, "team_scorecard", role="sdr", owner_id="21", month=JANUARY)
    assert (january["meetings_booked"], january["meetings_held"], january["held_share"]) == (1, 0, None)
    assert january["missing_reason"] == "no meeting of the month with an outcome"


def test_closed_arr_is_held_against_what_stripe_bills(home: Path) -> None:
    """October: M2 (1,000, owner 31) and M3 (500, owner 32) were sold to the company whose MRR rose by 100, which is
    1,200 a year: 800 and 400 of it. M5 (700, owner 31) has no company. November: M1 (1,200), whose customer began at
    100 a month."""
    october = one(home, "team_scorecard", role="ae", owner_id="31", month=date(2025, 10, 1))
    columns = ("deals_won", "closed_arr", "compared_deals", "compared_closed_arr", "billed_arr", "arr_difference")
    assert tuple(october[column] for column in columns) == (2, 1700, 1, 1000, 800, -200)
    assert october["missing_reason"] == "deal without a company"
    other = one(home, "team_scorecard", role="ae", owner_id="32", month=date(2025, 10, 1))
    assert tuple(other[column] for column in columns) == (1, 500, 1, 500, 400, -100)
    november = one(home, "team_scorecard", role="ae", owner_id="31", month=date(2025, 11, 1))
    assert tuple(november[column] for column in columns) == (1, 1200, 1, 1200, 1200, 0)
    assert november["missing_reason"] is None


@pytest.mark.parametrize(
    ("owner", "month", "reason"),
    [
        ("32", date(2025, 9, 1), "company without a Stripe customer"),
        ("31", FEBRUARY, "won less than 90 days ago"),
        ("11", JANUARY, "deal without a company"),
    ],
)
def test_what_cannot_be_compared_says_why(home: Path, owner: str, month: date, reason: str) -> None:
    found = one(home, "team_scorecard", role="ae", owner_id=owner, month=month)
    assert (found["billed_arr"], found["arr_difference"], found["missing_reason"]) == (None, None, reason)
    assert found["closed_arr"] > 0


def test_the_owned_book_has_its_own_nrr(home: Path) -> None:
    """Owner 41: East pays 100, from October 200; West comes in November with 100. In February 300 in all, of which
    East's 200 stand against its 100 of a year ago. Alone has no company and so no owner."""
    february = one(home, "team_scorecard", role="cs", owner_id="41", month=FEBRUARY)
    columns = ("opening_mrr", "closing_mrr", "year_ago_customers", "nrr_12m", "grr_12m")
    assert tuple(february[column] for column in columns) == (300, 300, 1, 2, 1)
    october = one(home, "team_scorecard", role="cs", owner_id="41", month=date(2025, 10, 1))
    moved = ("opening_mrr", "new_mrr", "expansion_mrr", "contraction_mrr", "churn_mrr", "fx_mrr", "closing_mrr")
    assert tuple(october[column] for column in moved) == (100, 0, 100, 0, 0, 0, 200)
    assert (october["nrr_12m"], october["missing_reason"]) == (
        None,
        "no customer of the book paid twelve months earlier",
    )
    nobody = one(home, "team_scorecard", role="cs", owner_id="unknown", month=FEBRUARY)
    assert (nobody["closing_mrr"], nobody["closing_customers"]) == (100, 1)


def test_as_of_moved_back_gives_the_deals_as_they_stood_then(home_in_december: Path) -> None:
    """On 28 December R was won, P had been put off once and brought forward, and the deals of 2026 did not exist."""
    table = "intermediate.int_deals"
    reopened, pushed, later = (deal(home_in_december, name, table) for name in ("R", "P", "M4"))
    assert (reopened["outcome"], reopened["closed_on"]) == ("won", date(2025, 11, 10))
    assert (reopened["times_reopened"], reopened["expected_close_on"]) == (0, None)
    assert (pushed["expected_close_on"], pushed["times_pushed"]) == (date(2025, 12, 31), 1)
    assert pushed["stage_id"] == "appointmentscheduled"
    assert pushed["last_activity_missing_reason"] == "the last activity known is after as_of"
    found = {row["deal_id"] for row in rows(home_in_december, f"select deal_id from {table}")}
    assert found == {*"GHKLPQRSU", "M1", "M2", "M3", "M4", "M5", "M6"}
    assert later["closed_on"] is None
