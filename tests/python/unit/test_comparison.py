"""The comparer of `make scenarios`, on rows written by hand."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.driver.comparison import (
    Rows,
    by_scenario,
    compare,
    read_csv,
    rows_by_key,
    scenario_of,
)

TOLERANCE = {"mrr": Decimal("0.0001")}


def mrr(*rows: tuple[str, str, str]) -> Rows:
    return {(customer, month): {"currency": "usd", "mrr": Decimal(amount)} for customer, month, amount in rows}


def test_equal_rows_match() -> None:
    rows = mrr(("cus_P01", "2025-01-01", "49.0000"), ("cus_P01", "2025-02-01", "0"))
    outcome = compare("mrr", rows, rows, TOLERANCE)
    assert (outcome.matched, outcome.expected, outcome.share) == (2, 2, 1)
    assert outcome.differences == ()


@pytest.mark.parametrize(("actual", "is_equal"), [("49.0001", True), ("49.00011", False), ("48.9998", False)])
def test_amounts_are_equal_within_their_tolerance(actual: str, is_equal: bool) -> None:
    expected = mrr(("cus_P01", "2025-01-01", "49"))
    outcome = compare("mrr", expected, mrr(("cus_P01", "2025-01-01", actual)), TOLERANCE)
    assert (outcome.matched == 1) is is_equal


def test_a_missing_row_is_a_difference() -> None:
    outcome = compare("mrr", mrr(("cus_P01", "2025-01-01", "49")), {}, TOLERANCE)
    assert outcome.matched == 0
    assert [str(difference) for difference in outcome.differences] == ["cus_P01 2025-01-01: expected, missing"]


def test_a_row_too_many_is_a_difference_unless_it_is_no_surplus() -> None:
    found = mrr(("cus_P01", "2025-01-01", "0"))
    assert len(compare("mrr", {}, found, TOLERANCE).differences) == 1
    assert compare("mrr", {}, found, TOLERANCE, lambda row: row["mrr"] != 0).differences == ()


def test_text_and_empty_values_must_be_equal() -> None:
    expected: Rows = {("cus_P05",): {"company": None, "method": "none"}}
    actual: Rows = {("cus_P05",): {"company": "71", "method": "none"}}
    (difference,) = compare("identity", expected, actual, {}).differences
    assert str(difference) == "cus_P05 company: expected nothing, got 71"


def test_a_value_where_none_is_expected_differs_whatever_the_tolerance() -> None:
    expected: Rows = {("2025-01-01",): {"nrr_12m": None}}
    actual: Rows = {("2025-01-01",): {"nrr_12m": Decimal(0)}}
    assert len(compare("retention", expected, actual, {"nrr_12m": Decimal(1)}).differences) == 1


def test_columns_that_are_not_expected_are_ignored() -> None:
    expected: Rows = {("a",): {"mrr": Decimal(1)}}
    actual: Rows = {("a",): {"mrr": Decimal(1), "list_mrr": Decimal(9)}}
    assert compare("mrr", expected, actual, {}).matched == 1


def test_records_of_a_query_and_of_a_file_become_the_same_rows(tmp_path: Path) -> None:
    path = tmp_path / "mrr.csv"
    path.write_text("customer_id,month,currency,mrr\ncus_P01,2025-01-01,usd,49.0000\ncus_P02,2025-01-01,usd,\n")
    from_file = read_csv(path, ("customer_id", "month"), ["mrr"])
    from_query = rows_by_key(
        [
            {"customer_id": "cus_P01", "month": date(2025, 1, 1), "currency": "usd", "mrr": Decimal("49.00")},
            {"customer_id": "cus_P02", "month": date(2025, 1, 1), "currency": "usd", "mrr": None},
        ],
        ("customer_id", "month"),
        ["mrr"],
    )
    assert from_file == from_query


@pytest.mark.parametrize(
    ("customer", "scenario"), [("cus_P08", "P08"), ("cus_P08b", "P08"), ("cus_H112_2", "H112"), ("cus_x", "cus_x")]
)
def test_the_scenario_is_in_the_customer_id(customer: str, scenario: str) -> None:
    assert scenario_of(customer) == scenario


def test_rows_are_counted_by_scenario_with_surplus_rows_as_misses() -> None:
    expected = mrr(("cus_P01", "2025-01-01", "1"), ("cus_P02", "2025-01-01", "1"))
    actual = mrr(("cus_P01", "2025-01-01", "1"), ("cus_P02", "2025-01-01", "2"), ("cus_P01", "2025-02-01", "5"))
    assert by_scenario(compare("mrr", expected, actual, TOLERANCE)) == {"P01": (1, 2), "P02": (0, 1)}
