"""The headline tells of months that are over in the reporting zone, whatever the machine's zone is."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.headline import headline, not_read
from tests.python.report_pages.published import write_published

MARTS = ("nrr_monthly", "mrr_monthly", "funnel_conversion", "sales_performance", "benchmark_results")
MONTHS = [
    {
        "month": date(2026, month, 1),
        "dimension": "all",
        "dimension_value": "all",
        "opening_mrr": Decimal(100 * month),
        "closing_mrr": Decimal(100 * month + 100),
    }
    for month in (2, 3, 4)
]


@pytest.mark.parametrize(
    ("zone", "day", "told"),
    [
        ("UTC", "2026-04-01", "400 at the end of 2026-03"),
        ("Europe/Stockholm", "2026-04-01", "400 at the end of 2026-03"),
        # 03:30 UTC is 22:30 of the day before in Chicago (UTC-5 in summer time), where March is not over.
        ("America/Chicago", "2026-03-31", "300 at the end of 2026-02"),
    ],
)
def test_the_month_is_the_last_one_that_is_over_in_the_reporting_zone(
    tmp_path: Path, zone: str, day: str, told: str
) -> None:
    path = write_published(
        tmp_path / "published.duckdb",
        {"nrr_monthly": MONTHS},
        marts=MARTS,
        meta={"as_of": "2026-04-01 03:30:00+00", "reporting_timezone": zone},
    )
    printed = headline(path)
    assert f"as of {day}" in printed
    assert told in printed


def test_mrr_without_an_exchange_rate_is_not_known(tmp_path: Path) -> None:
    """Three customers in a currency that nothing converts: NULL in the mart, and no figure here."""
    of = {"month": date(2026, 3, 1), "dimension": "all", "dimension_value": "all", "new_mrr": Decimal(0)}
    paying = [{"customer_id": f"cus_{number}", "month": date(2026, 3, 1), "mrr": Decimal(500)} for number in range(3)]
    path = write_published(
        tmp_path / "published.duckdb",
        {"nrr_monthly": [of], "mrr_monthly": paying},
        marts=MARTS,
        meta={"as_of": "2026-04-01 03:30:00+00", "reporting_timezone": "UTC"},
    )
    assert "not known at the end of 2026-03: 3 paying customers in currencies without" in headline(path)


def test_what_could_not_be_read_is_said_with_the_scope_that_is_missing() -> None:
    refused = (
        "HUBSPOT_ACCESS_TOKEN may not read /crm/v3/objects/{0} (api.hubapi.com answered 403: This app hasn't been "
        "granted all required scopes to make this call.); give the service key (or private app) the scope "
        "crm.objects.{0}.read listed in README.md"
    )
    unread = {("hubspot", name): refused.format(name) for name in ("leads", "deals", "companies")}
    told = not_read({**unread, ("stripe", "disputes"): "STRIPE_API_KEY may not read /v1/disputes"})
    assert " ".join(told.split()) == (
        "Not read companies, deals (no scope crm.objects.companies.read, no scope crm.objects.deals.read): "
        "what rests on them is empty or as of an earlier run "
        "not in the plan or the scopes: disputes, leads (reasons: metadata of these assets)"
    )
    assert max(map(len, told.splitlines())) <= 80
    assert "deals (no reason given): what rests" in not_read({("hubspot", "deals"): "no reason given"})
    assert not_read({}) == ""


def test_movements_are_told_whole_however_large(tmp_path: Path) -> None:
    """1,000,000 + 1,234,567 + 12,345 - 999,999 - 111,111 + 10 - 5 = 1,135,807."""
    amounts = {"new": 1_234_567, "expansion": 12_345, "contraction": -999_999, "churn": -111_111}
    moved = {f"{name}_mrr": Decimal(amount) for name, amount in {**amounts, "reactivation": 10, "fx": -5}.items()}
    month = {**MONTHS[1], **moved, "opening_mrr": Decimal(1_000_000), "closing_mrr": Decimal(1_135_807)}
    path = write_published(
        tmp_path / "published.duckdb", {"nrr_monthly": [month]}, marts=MARTS, meta={"as_of": "2026-04-01 12:00:00+00"}
    )
    lines = headline(path).splitlines()
    (names,) = (number for number, line in enumerate(lines) if line.split()[:2] == ["new", "expansion"])
    assert lines[names].split() == ["new", "expansion", "contraction", "churn", "reactivation", "fx"]
    assert lines[names + 1].split() == ["+1,234,567", "+12,345", "-999,999", "-111,111", "+10", "-5"]
    assert max(map(len, lines)) <= 80
