"""Revenue in several currencies, converted by hand: MRR, movements, retention and cohorts of `currency_customers`."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.python.small_accounts.building import Row, build, land, rows, write_account
from tests.python.small_accounts.currency_customers import account

MODELS = (
    "fct_mrr_movements",
    "fct_company_mrr_movements",
    "fct_customer_retention",
    "nrr_monthly",
    "retention_cohorts",
)
ROUNDED = Decimal("0.000000005")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("currencies")
    write_account(account(), home / "folder")
    land(home / "folder", home)
    build(home, models=MODELS)
    return home


def converted(home: Path, customer: str, currency: str) -> dict[str, Decimal | None]:
    """MRR in dollars, in the months in which it changed."""
    found: dict[str, Decimal | None] = {}
    for row in rows(
        home,
        f"select month, mrr_reporting from marts.mrr_monthly where customer_id = '{customer}' "
        f"and currency = '{currency}' and month < '2026-03-01' order by month",
    ):
        if not found or [*found.values()][-1] != row["mrr_reporting"]:
            found[f"{row['month']:%Y-%m}"] = row["mrr_reporting"]
    return found


def movements(home: Path, customer: str, currency: str) -> dict[tuple[str, str], Decimal | None]:
    found = rows(
        home,
        f"select * from marts.fct_mrr_movements where customer_id = '{customer}' and currency = '{currency}'",
    )
    return {(f"{row['month']:%Y-%m}", row["movement"]): row["amount_reporting"] for row in found}


def month(home: Path, of: str, dimension: str = "all", value: str = "all") -> Row:
    (found,) = rows(
        home,
        f"select * from marts.nrr_monthly where month = date '{of}-01' and dimension = '{dimension}' "
        f"and dimension_value = '{value}'",
    )
    return found


def test_yen_and_dinars_are_converted_in_whole_units(home: Path) -> None:
    """10,000 yen at $0.0064, from June on at $0.0070, 20,000 from September on; 10 dinars at $3.25."""
    assert converted(home, "cus_yen", "jpy") == {"2025-01": 64, "2025-06": 70, "2025-09": 140}
    assert converted(home, "cus_dinar", "kwd") == {"2025-02": Decimal("32.5")}
    assert movements(home, "cus_yen", "jpy") == {
        ("2025-01", "new"): 64,
        ("2025-06", "fx"): 6,
        ("2025-09", "expansion"): 70,
    }


def test_a_rate_that_stands_still_makes_no_fx(home: Path) -> None:
    """83.33333333 euros at 1.00; at 1.10 they are 91.66666666, and 166.66666667 are 183.33333334; at 1.20 200.00000000.

    In May, at an unchanged rate, all of 91.66666668 is expansion: 83.33333334 at 1.10 alone would leave a speck to fx.
    """
    assert movements(home, "cus_euro", "eur") == {
        ("2025-01", "new"): Decimal("83.33333333"),
        ("2025-02", "fx"): Decimal("8.33333333"),
        ("2025-05", "expansion"): Decimal("91.66666668"),
        ("2025-08", "fx"): Decimal("16.66666666"),
    }


def test_what_has_no_rate_is_null_and_in_no_total(home: Path) -> None:
    """50,000 francs from January to September, and gone in October."""
    assert converted(home, "cus_nowhere", "xaf") == {"2025-01": None}
    assert movements(home, "cus_nowhere", "xaf") == {("2025-01", "new"): None, ("2025-10", "churn"): None}
    found = rows(
        home, "select opening_mrr from marts.fct_customer_retention where customer_id = 'cus_nowhere' order by month"
    )
    assert [row["opening_mrr"] for row in found] == [0] + [None] * 14
    october, francs = month(home, "2025-10"), month(home, "2025-10", "currency", "xaf")
    counts = ("opening_customers", "churned_customers", "closing_customers", "logo_churn")
    assert [october[name] for name in counts] == [4, 0, 4, 0]  # Yen, Dinar, Euro, Both
    assert [francs[name] for name in counts] == [1, 1, 0, 1]


def test_who_ends_one_of_two_currencies_has_not_left(home: Path) -> None:
    """Both end their euros in November (a churn of 20 euros) and their dollars in December."""
    euros = {("2025-01", "new"): 20, ("2025-02", "fx"): 2, ("2025-08", "fx"): 2, ("2025-11", "churn"): -24}
    assert movements(home, "cus_both", "eur") == euros
    assert movements(home, "cus_both", "usd") == {("2025-01", "new"): 50, ("2025-12", "churn"): -50}
    counts = ("opening_customers", "churned_customers", "closing_customers", "logo_churn")
    assert [month(home, "2025-11")[name] for name in counts] == [4, 0, 4, 0]
    assert [month(home, "2025-12")[name] for name in counts] == [4, 1, 3, Decimal("0.25")]
    assert [month(home, "2025-11", "currency", "eur")[name] for name in counts] == [2, 1, 1, Decimal("0.5")]
    assert month(home, "2025-11", "plan", "prod_both")["churned_customers"] == 0


def test_nrr_is_at_constant_currency_and_fx_beside_it(home: Path) -> None:
    """June: only the yen rose, by 6. August: the euro rose, 183.33333334 -> 200 and 22 -> 24.

    September: 70 more on 70 + 32.50 + 200 + 50 + 24. January 2026 against January 2025, at the rates of today: 140 +
    200 of 70 + 100 + 50 + 24, of which 70 + 100 were kept.
    """
    june, august, september, january = (month(home, of) for of in ("2025-06", "2025-08", "2025-09", "2026-01"))
    assert (june["fx_mrr"], june["nrr_bridge"]) == (6, 1)
    assert (august["fx_mrr"], august["nrr_bridge"]) == (Decimal("18.66666666"), 1)
    assert abs(september["nrr_bridge"] - Decimal("446.5") / Decimal("376.5")) <= ROUNDED
    assert abs(january["nrr_12m"] - Decimal(340) / 244) <= ROUNDED
    assert abs(january["grr_12m"] - Decimal(170) / 244) <= ROUNDED


def test_a_cohort_is_worth_what_its_first_rates_say(home: Path) -> None:
    """January: Yen 64, Euro 83.33333333, Both 50 and 20. October: 20,000 yen at 0.0064, 166.66666667 euros at 1.00, and
    Both; December: without them."""
    found = {
        (row["dimension"], row["age_months"]): (
            row["customers"], row["customers_retained"], row["mrr_start"], row["mrr_retained"],
        )
        for row in rows(
            home,
            f"select * from marts.retention_cohorts where cohort_month = date '{date(2025, 1, 1)}' "
            "and dimension_value in ('all', 'xaf')",
        )
    }  # fmt: skip
    start = Decimal("217.33333333")
    assert found["all", 0] == (4, 4, start, start)
    assert found["all", 9] == (4, 4, start, Decimal("364.66666667"))
    assert found["all", 11] == (4, 2, start, Decimal("294.66666667"))
    assert found["currency", 8] == (1, 1, 50000, 50000)
    assert found["currency", 9] == (1, 0, 50000, 0)
