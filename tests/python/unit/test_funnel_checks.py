"""Unmatched MRR, manual matches and unmapped stages: what passes, what is said, and where to repair it."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration.checks import identity, stages
from orchestration.checks.identity import Matching, Override, Unmatched
from orchestration.checks.stages import UnmappedStage

FOUND = Matching(
    customers=40,
    mrr=Decimal(10_000),
    unmatched=3,
    unmatched_mrr=Decimal(900),
    decided=1,
    without_rate=2,
    largest=[Unmatched("cus_big", Decimal(600), 2), Unmatched("cus_yen", None, 0)],
)


@pytest.mark.parametrize(("unmatched", "passed"), [("1000", True), ("1000.01", False)])
def test_a_tenth_of_the_mrr_may_be_without_a_company(unmatched: str, passed: bool) -> None:
    result = identity.report_unmatched(replace(FOUND, unmatched_mrr=Decimal(unmatched)), "usd")
    assert result.passed is passed
    assert result.severity == dg.AssetCheckSeverity.WARN


def test_the_largest_unmatched_customers_are_told() -> None:
    result = identity.report_unmatched(FOUND, "eur")
    told = {name: value.value for name, value in result.metadata.items()}
    assert result.description == (
        "pass: 900.00 of 10,000.00 EUR MRR (9.00 %, allowed 10.00 %) from 3 of 40 customers without a HubSpot company"
    )
    assert told["share"] == pytest.approx(0.09)
    assert told["decided_without_company"] == 1
    assert "| cus_big | 600.00 | 2 |" in str(told["largest_unmatched"])
    assert "| cus_yen | no rate | 0 |" in str(told["largest_unmatched"])


@pytest.mark.parametrize(("without_rate", "why"), [(0, "no customer pays now"), (4, "no exchange rate")])
def test_without_mrr_nothing_is_called_matched(without_rate: int, why: str) -> None:
    nothing = replace(FOUND, mrr=Decimal(0), unmatched_mrr=Decimal(0), without_rate=without_rate)
    result = identity.report_unmatched(nothing, "usd")
    assert not result.passed
    assert why in (result.description or "")


def test_an_override_that_leads_nowhere_is_told_with_its_line(tmp_path: Path) -> None:
    """The note of line 2 goes on over line 3, so the third row stands on line 5."""
    seed = tmp_path / "identity_overrides.csv"
    seed.write_text(
        'customer_id,hubspot_company_id,note\ncus_ok,71,"two\nlines"\ncus_none,,no company\n cus_typo ,72,\n'
    )
    lines = identity.lines_of_customers(seed)
    assert lines == {"cus_ok": 3, "cus_none": 4, "cus_typo": 5}
    found = [Override("cus_none", "99", "company_archived"), Override("cus_typo", "72", "customer_not_found")]
    result = identity.report_overrides(found, lines)
    assert not result.passed
    assert "line 4: HubSpot's company 99 is archived; line 5: Stripe has no customer cus_typo." in str(
        result.description
    )
    assert identity.report_overrides([], lines).passed


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create schema intermediate")
        connection.execute(
            """
            create table intermediate.int_customer_matches as
            select * from (values
                ('cus_a', 100.5, 'email', true, false, 0), ('cus_b', 20, 'none', false, true, 1),
                ('cus_c', 30, 'none', false, true, 0), ('cus_d', null, 'none', false, true, 0),
                ('cus_e', 7, 'manual', false, false, 2), ('cus_f', 9, 'manual', true, false, 0)
            ) as t (customer_id, mrr_reporting, match_method, has_company, is_unmatched, rejected_candidates)
            """
        )
        yield connection


def test_who_was_decided_to_have_no_company_is_not_unmatched(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = identity.read_matching(warehouse)
    assert (found.customers, found.mrr) == (6, Decimal("166.5"))
    assert (found.unmatched, found.unmatched_mrr, found.decided, found.without_rate) == (3, 50, 1, 1)
    assert [each.customer_id for each in found.largest] == ["cus_c", "cus_b", "cus_d"]


def test_an_unmapped_stage_is_named() -> None:
    result = stages.report([UnmappedStage("881201", "Evaluating", 1200, 3), UnmappedStage("7", None, 0, 0)])
    assert not result.passed
    assert result.severity == dg.AssetCheckSeverity.WARN
    assert "881201 (Evaluating): 1,200 contacts, 3 companies; 7: 0 contacts, 0 companies" in str(result.description)
    assert stages.report([]).passed
