"""Health score, its back-test, churn reasons, pricing models and sales motions on an account worked out by hand.

Weights: cancellation 40, payments 20, usage 15, seats 10, nps 10, contact 5. Of a customer of whom only the first
two are known these are worth 40/60 and 20/60 of 100 points, rounded: 67 and 33.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.python.small_accounts.building import Row, build, land, rows, write_account
from tests.python.small_accounts.churn_customers import EXPECTED_CAUSES, SECRET
from tests.python.small_accounts.health_customers import EXPECTED_POINTS, SIGNALS, account

MARTS = (
    "customers_at_risk",
    "health_backtest",
    "churn_by_cause_monthly",
    "revenue_by_pricing_model",
    "revenue_by_sales_motion",
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("health")
    write_account(account(), home / "folder")
    land(home / "folder", home)
    build(home, models=MARTS)
    return home


@pytest.fixture(scope="module")
def now(home: Path) -> dict[str, Row]:
    return {row["customer_id"].removeprefix("cus_"): row for row in rows(home, "from marts.customers_at_risk")}


def points(row: Row) -> dict[str, float]:
    """The points of the known signals."""
    return {signal: float(row[f"{signal}_points"]) for signal in SIGNALS if row[f"{signal}_points"] is not None}


@pytest.mark.parametrize(
    ("customer", "expected", "band"),
    EXPECTED_POINTS,
)
def test_each_signal_costs_its_points(
    now: dict[str, Row], customer: str, expected: dict[str, float], band: str
) -> None:
    row = now[customer]
    assert points(row) == expected
    assert row["health_score"] == Decimal(str(sum(expected.values())))
    assert row["health_band"] == band


def test_an_unknown_signal_says_why(now: dict[str, Row]) -> None:
    plain, unhappy = now["plain"], now["unhappy"]
    assert plain["known_weight"] == 60
    for signal in ("usage", "seats", "nps", "contact"):
        assert plain[f"{signal}_points"] is None
        assert plain[f"{signal}_max_points"] is None
        assert plain[f"{signal}_reason"].startswith("unknown: ")
    assert plain["nps_reason"] == "unknown: no HubSpot company matched"
    assert unhappy["contact_reason"] == "unknown: HubSpot tells of no contact up to then"
    assert now["fresh"]["usage_reason"] == "unknown: too little usage before to compare with"
    assert now["unbilled"]["payments_reason"] == "unknown: no bill and no charge"


def test_the_values_behind_the_points(now: dict[str, Row]) -> None:
    """The last window is 15 February to 14 March. In it Failing used 28 times 10; in the three before it 70 times
    100 and, in February, 14 times 10: 2,380 in mean."""
    assert now["metered"]["usage_fall"] == Decimal("0.6")
    mean = Decimal(14 * 10 + 70 * 100) / 3
    assert abs(now["failing"]["usage_fall"] - (1 - 280 / mean)) < Decimal("0.000001")
    assert (now["seats"]["seats"], now["seats"]["seats_before"]) == (7, 10)
    assert now["unhappy"]["nps_score"] == 5
    assert now["quiet"]["quiet_days"] == 104
    assert (now["half"]["scheduled_subscriptions"], now["overdue"]["overdue_invoices"]) == (1, 1)
    assert {now[name]["renews_on"] for name in ("plain", "half", "euro")} == {date(2026, 4, 10)}
    assert now["unbilled"]["renews_on"] is None


def test_mrr_at_risk_is_the_whole_of_who_is_at_risk_and_the_endangered_part_of_others(now: dict[str, Row]) -> None:
    """Euro's 100 euros are worth $1.50 each; of Half's $150 the second subscription's $50 will end; Failing is down
    to 5 seats of $10; Overdue is past due with all of it; a detractor has given no notice."""
    found = {name: now[name]["mrr_at_risk"] for name in ("euro", "leaving", "overdue", "half", "failing", "unhappy")}
    assert found == {"euro": 150, "leaving": 100, "overdue": 100, "half": 50, "failing": 50, "unhappy": 0}
    nowhere = now["nowhere"]
    assert nowhere["health_band"] == "at_risk"
    assert (nowhere["mrr_reporting"], nowhere["mrr_at_risk"]) == (None, None)
    assert nowhere["mrr_missing_reason"] == "no exchange rate for its currency"


def test_the_list_is_in_the_order_of_mrr_at_risk(home: Path) -> None:
    found = rows(home, "select customer_id, mrr_at_risk from marts.customers_at_risk order by risk_rank")
    amounts = [row["mrr_at_risk"] for row in found]
    assert found[0]["customer_id"] == "cus_euro"
    assert amounts[-1] is None
    assert amounts[:-1] == sorted(amounts[:-1], reverse=True)


def test_what_happens_later_changes_no_score_of_before(home: Path) -> None:
    """Failing has Sound's past up to 31 January, and everything that can go wrong went wrong after it: a failed
    charge, an open bill, a notice, fewer seats, less usage, a detractor, silence. Sound was spoken with again in
    March."""
    columns = [f"{signal}_{what}" for signal in SIGNALS for what in ("severity", "reason", "points")]
    query = f"select month, {', '.join(columns)} from intermediate.int_health_scores where customer_id = 'cus_{{}}'"
    before = f"{query} and month <= date '2026-01-01' order by month"
    failing, sound = rows(home, before.format("failing")), rows(home, before.format("sound"))
    assert len(failing) == 11
    assert failing == sound
    # all six are known, so there is something to change; 20 November is 73 days before the end of January
    assert all(failing[-1][f"{signal}_severity"] is not None for signal in SIGNALS)
    assert failing[-1]["contact_severity"] == Decimal("0.5")
    february = f"{query} and month = date '2026-02-01'"
    assert rows(home, february.format("failing")) != rows(home, february.format("sound"))


def test_a_notice_that_was_taken_back_counts_until_then(home: Path) -> None:
    """Resumed gave notice on 20 July and took it back on 5 August 2025."""
    found = rows(
        home, "select month, health_score from intermediate.int_health_scores where customer_id = 'cus_resumed'"
    )
    assert {row["month"] for row in found if row["health_score"] == 33} == {date(2025, 7, 1)}
    assert {row["health_score"] for row in found} == {33, 100}


def test_precision_and_recall(home: Path) -> None:
    """90 days after the month ends from March to November 2025 are over. Paying at these nine: 19 who stayed all
    the time (171), Back in March and from July on (6), Gone until August (6), Unpaid until October (8) = 191. Who
    left within 90 days: Back in March; Gone in June (cut-off 1 July + 90 days = 29 September), July, August; Unpaid
    in August (30 November), September, October = 7. At risk (60 or less): Resumed in July, who stayed; Gone in
    August, who had given notice. Precision 1/2, recall 1/7. Without the notice: Unpaid in October, whose bill was
    open: 0 points of the 100 for payments. Precision 1/1."""
    found = {
        row["signals"]: row
        for row in rows(home, "from marts.health_backtest where scope = 'mature_months' and score_band = 'at_risk'")
    }
    for signals, customers in (("all", 2), ("before_notice", 1)):
        row = found[signals]
        counts = ("customers", "churned", "all_customers", "all_churned")
        assert tuple(row[count] for count in counts) == (customers, 1, 191, 7)
        rounded = Decimal("0.000001")
        assert abs(row["precision_rate"] - Decimal(1) / customers) < rounded
        assert abs(row["recall_rate"] - Decimal(1) / 7) < rounded
        assert abs(row["base_rate"] - Decimal(7) / 191) < rounded
        assert abs(row["lift"] - Decimal(191) / 7 / customers) < rounded


def test_a_month_whose_window_is_not_over_has_no_rates(home: Path) -> None:
    found = rows(
        home,
        "from marts.health_backtest where scope = 'month' and signals = 'all' and score_band = 'all' order by month",
    )
    assert [row["month"] for row in found if not row["is_mature"]] == [
        date(2025, 12, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
    ]
    for row in found:
        rates = [row[name] for name in ("precision_rate", "recall_rate", "base_rate", "lift")]
        if row["is_mature"]:
            assert row["base_rate"] is not None
        else:
            assert rates == [None] * 4
            assert row["not_computable_reason"] == "immature: the window is not over"
    # six left in February, within 90 days of the end of January already: counted, and not called a rate
    assert found[-2]["all_churned"] == 6


@pytest.mark.parametrize(
    ("customer", "told"),
    EXPECTED_CAUSES,
)
def test_the_cause_is_that_of_the_first_source_that_names_one(
    home: Path, customer: str, told: tuple[object, ...]
) -> None:
    """Cause, its source, whether the customer wanted to go, and whether sources contradict each other."""
    (row,) = rows(home, f"from marts.churn_reasons where customer_id = 'cus_{customer}'")
    assert tuple(row[name] for name in ("cause", "cause_source", "is_voluntary", "is_contradictory")) == told
    assert row["amount"] == -100


def test_a_reason_that_the_seed_does_not_know_is_counted_and_not_published(home: Path) -> None:
    (row,) = rows(home, "from marts.churn_reasons where unmapped_sources is not null")
    assert (row["customer_id"], row["unmapped_sources"]) == ("cus_novel", "hubspot_company")
    for mart in ("churn_reasons", "churn_by_cause_monthly", "customers_at_risk"):
        text = str(rows(home, f"from marts.{mart}")).lower()
        assert "mars" not in text
        assert "555-0100" not in text
    (unmapped,) = rows(home, "from intermediate.int_churn_evidence where cause is null")
    assert unmapped["value"] == SECRET.lower().replace(" ", "_")


def test_causes_of_a_month(home: Path) -> None:
    """Six left in February 2026, $100 each."""
    found = rows(
        home, "from marts.churn_by_cause_monthly where dimension = 'all' and month = date '2026-02-01' order by cause"
    )
    assert [(row["cause"], row["customers"], row["churn_mrr"]) for row in found] == [
        ("budget", 2, -200),
        ("competitor", 1, -100),
        ("payment_failed", 1, -100),
        ("unknown", 2, -200),
    ]
    for row in found:
        share = Decimal(row["customers"]) / 6
        assert abs(row["customer_share"] - share) < Decimal("0.000001")
        assert abs(row["mrr_share"] - share) < Decimal("0.00000001")


def test_revenue_by_pricing_model(home: Path) -> None:
    """February 2026, by the item of today: three customers with seats at $100 each; Payg used $50 worth and has no
    MRR. Flat are 22: 13 at $100 from the beginning on, Nowhere, who has no rate, Half and Euro with 150, Back with
    100; Alone, Warned and Second with 100, Sold 2,000, Grown 1,000."""
    found = {
        row["pricing_model"]: row
        for row in rows(home, "from marts.revenue_by_pricing_model where month = date '2026-02-01'")
    }
    assert set(found) == {"seat", "flat", "usage"}
    assert (found["seat"]["customers"], found["seat"]["mrr"]) == (3, 300)
    assert (found["flat"]["customers"], found["flat"]["customers_without_rate"]) == (22, 1)
    assert found["flat"]["mrr"] == 13 * 100 + 150 + 150 + 100 + 300 + 2000 + 1000
    assert (found["usage"]["customers"], found["usage"]["metered_customers"], found["usage"]["mrr"]) == (0, 1, 0)
    assert found["usage"]["usage_mrr"] == 50
    assert abs(found["seat"]["mrr_share"] - Decimal(300) / 5300) < Decimal("0.00000001")
    assert found["seat"]["nrr_12m"] == 1


def test_sales_motion_is_decided_by_what_came_first(home: Path) -> None:
    found = rows(home, "select customer_id, sales_motion from marts.dim_customers where hubspot_company_id like '73%'")
    assert {row["customer_id"].removeprefix("cus_"): row["sales_motion"] for row in found} == {
        "alone": "self_serve",
        "sold": "sales_led",
        "grown": "hybrid",
        "warned": "self_serve",
        "second": "sales_led",
    }


def test_revenue_by_sales_motion(home: Path) -> None:
    """Sold's $2,000 a month are 24,000 a year, Second's $100 are 1,200: in mean and median 12,600. Grown's 12,000
    lie between the guide's 10,000 and 15,000."""
    found = {
        (row["sales_motion"], row["acv_band"]): row
        for row in rows(home, "from marts.revenue_by_sales_motion where month = date '2026-02-01'")
    }
    assert {key for key in found if key[0] != "self_serve"} == {
        ("hybrid", "all"),
        ("hybrid", "between"),
        ("sales_led", "all"),
        ("sales_led", "self_serve_size"),
        ("sales_led", "sales_led_size"),
    }
    led = found["sales_led", "all"]
    assert (led["customers"], led["mrr"], led["acv_mean"], led["acv_median"]) == (2, 2100, 12600, 12600)
    assert abs(led["mrr_share"] - Decimal(2100) / 5300) < Decimal("0.00000001")
    assert found["hybrid", "between"]["acv_mean"] == 12000
