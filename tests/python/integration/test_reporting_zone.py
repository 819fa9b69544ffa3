"""A month ends when it ends where the company reports, in every table of revenue."""

from decimal import Decimal

import pytest

from tests.python.rule_cases.objects import LAST_CLOSED_MONTH, monthly
from tests.python.small_accounts.building import Row, build, land, rows, write_account
from tests.python.small_accounts.zone_customers import ZONE, zone_customers

CASES = {case.customer: case for case in zone_customers().cases}


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    """The closed months, reported in Stockholm."""
    home = tmp_path_factory.mktemp("zone")
    write_account(zone_customers(), home / "folder")
    land(home / "folder", home)
    build(home, models=("fct_mrr_movements", "fct_mrr_changes"), zone=ZONE)
    return rows(home, f"select * from marts.mrr_monthly where month <= date '{LAST_CLOSED_MONTH}' order by month")


@pytest.mark.parametrize("customer", CASES)
def test_a_change_counts_in_the_month_that_it_falls_into_there(customer: str, months: list[Row]) -> None:
    found = {f"{row['month']}": row["mrr"] for row in months if row["customer_id"] == customer}
    expected = {month: Decimal(mrr) for month, mrr in monthly(CASES[customer].expected)}
    assert found == expected, CASES[customer].why
