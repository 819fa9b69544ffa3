"""The check that names reasons of churn which the seed does not know."""

import dagster as dg

from orchestration.checks.churn_reasons import UnmappedReason, report


def test_reasons_that_the_seed_does_not_know_are_named() -> None:
    result = report([UnmappedReason("hubspot_deal", "price_war", 2), UnmappedReason("stripe_feedback", "x" * 99, 1)], 9)
    assert not result.passed
    assert result.severity == dg.AssetCheckSeverity.WARN
    assert result.description
    assert result.description.startswith(
        "warn: not in seeds/churn_reasons_map.csv: price_war (hubspot_deal, 2 churns), "
        f"{'x' * 60}... (stripe_feedback, 1 churn). Add a line"
    )


def test_nothing_unknown_passes_and_says_whether_there_was_anything() -> None:
    mapped, silent = report([], 9), report([], 0)
    assert mapped.passed and mapped.description == "pass: all 9 reasons are mapped"
    assert silent.passed and silent.description == "pass: no source gives a reason"
