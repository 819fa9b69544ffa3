"""A company of a few figures that can be checked by head, as its published tables hold it on 15 March 2026."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

Row = dict[str, Any]

HOSTILE = "<script>window.hacked = true</script>"
HOSTILE_KEY = '"><img src=x onerror="window.hacked = true">'
ALL = {"dimension": "all", "dimension_value": "all"}


def months(first: date, number: int) -> Iterator[date]:
    for ahead in range(number):
        year, month = divmod(first.month - 1 + ahead, 12)
        yield date(first.year + year, month + 1, 1)


def revenue() -> list[Row]:
    """January 2025 to March 2026, which is still open. MRR grows by 100 a month up to 2,200 in January 2026."""
    rows = []
    for number, month in enumerate(months(date(2025, 1, 1), 13)):
        closing = 1000 + 100 * number
        rows.append(
            {
                **ALL, "month": month, "opening_mrr": closing - 100, "closing_mrr": closing,
                "new_mrr": 130, "expansion_mrr": 20, "contraction_mrr": -15, "churn_mrr": -35,
                "reactivation_mrr": 0, "fx_mrr": 0, "nrr_bridge": 0.97, "logo_churn": 0.05,
                "nrr_12m": 1.05 if number == 12 else None, "grr_12m": 0.92 if number == 12 else None,
                "opening_customers": 20, "churned_customers": 1, "closing_customers": 21,
            }
        )  # fmt: skip
    february = {
        **ALL, "month": date(2026, 2, 1), "opening_mrr": 2200, "new_mrr": 300.25, "expansion_mrr": 120.4,
        "contraction_mrr": -40, "churn_mrr": -80.75, "reactivation_mrr": 0, "fx_mrr": 12.34, "closing_mrr": 2512.24,
        "nrr_bridge": 0.99, "nrr_12m": 1.062, "grr_12m": 0.915, "logo_churn": 0.04761905, "quick_ratio": 3.5,
        "opening_customers": 21, "churned_customers": 1, "closing_customers": 24,
    }  # fmt: skip
    march = {**february, "month": date(2026, 3, 1), "opening_mrr": 2512.24, "closing_mrr": 9999}
    segment = {**february, "dimension": "segment", "dimension_value": "smb", "closing_mrr": 777}
    return [*rows, february, march, segment]


def cohorts() -> list[Row]:
    """Two cohorts of 10 customers and 1,000: one loses a tenth a month, the other stays. Ages of March are not over."""
    return [
        {
            **ALL, "cohort_month": cohort, "age_months": age, "customers": 10, "customers_retained": 10 - lost * age,
            "mrr_start": 1000, "mrr_retained": 1000 - 100 * lost * age, "is_closed": False,
        }
        for cohort, ages, lost in ((date(2025, 12, 1), 4, 1), (date(2026, 1, 1), 3, 0))
        for age in range(ages)
    ]  # fmt: skip


def benchmark(metric: str, **columns: object) -> Row:
    return {
        "metric": metric, "segment": "all", "month": date(2026, 2, 1), "unit": "ratio", "direction": "at_least",
        "status": "pass", "is_current": True, "severity": "error", "min_n": 20, "window_months": 3,
        "what_to_do": f"Mend {metric}.", "source": "guide", **columns,
    }  # fmt: skip


def benchmarks() -> list[Row]:
    win_rate = {"range_low": 0.2, "range_high": 0.3}
    return [
        benchmark("win_rate", month=date(2026, 1, 1), value=0.25, n=40, value_low=0.14, value_high=0.4,
                  is_current=False, **win_rate),
        benchmark("win_rate", value=0.1, n=100, value_low=0.055, value_high=0.174, status="fail",
                  reason="below the healthy range", **win_rate),
        benchmark("visitor_to_lead", range_low=0.007, range_high=0.023, status="not_computable",
                  reason="source absent: connect web analytics"),
        benchmark("nrr_12m", value=1.062, n=20, range_low=1, range_high=1.2),
        benchmark("cac", unit="usd", value=450, n=12, range_low=200, range_high=1000, direction="at_most"),
        benchmark("acv", segment="sales_led", unit="usd", value=12742, n=154, value_low=11543, value_high=13941,
                  range_low=15000, range_high=20000, window_months=1, status="fail", reason="below the healthy range",
                  what_to_do="Below 15,000 a year a salesperson does not pay: raise the entry plan."),
        benchmark("nps", unit="score", value=40, n=35, value_low=20, value_high=60, range_low=30, range_high=50,
                  status="warn", reason="the interval reaches below"),
    ]  # fmt: skip


def tables() -> dict[str, list[Row]]:
    """Every table that the page reads."""
    conversion = {
        **ALL, "cohort_month": date(2025, 12, 1), "from_stage": "lead", "to_stage": "marketingqualifiedlead",
        "entered": 50, "converted": 20, "conversion_rate": 0.4, "rate_low": 0.276, "rate_high": 0.538,
        "window_days": 30, "is_mature": True, "median_days": 4.5, "p90_days": 20,
    }  # fmt: skip
    economics = {
        **ALL, "month": date(2026, 2, 1), "is_complete": True, "spend": 5400, "new_customers": 12, "cac": 450,
        "ltv": 1800, "ltv_to_cac": 4, "cac_payback_months": None, "gross_margin": 0.8, "new_mrr": 300.25,
        "not_computable_reason": "payback: costs of the month before unknown",
    }  # fmt: skip
    nps = {
        **ALL, "month": date(2026, 2, 1), "responses": 35, "promoters": 20, "passives": 9, "detractors": 6,
        "nps": 40, "nps_low": 20, "nps_high": 60,
    }  # fmt: skip
    deals = [
        {
            "worth_rank": rank, "deal_id": HOSTILE_KEY if rank == 1 else f"d{rank}", "deal_name": f"Deal {rank}",
            "company_name": HOSTILE if rank == 1 else "Acme", "segment": "smb", "stage_label": "Demo",
            "amount_home": 12000 - 1000 * rank, "expected_close_on": date(2026, 2, 20), "is_overdue": True,
            "reasons": "close date overdue by 23 days", "stage_won_deals": 0,
        }
        for rank in range(1, 13)
    ]  # fmt: skip
    customers = [
        {
            "risk_rank": rank, "customer_id": f"cus_{rank}", "company_name": HOSTILE if rank == 1 else None,
            "segment": "smb", "mrr_reporting": 100, "mrr_at_risk": at_risk, "health_score": 30.5, "health_band": band,
            "known_weight": 60, "worst_reason": "a bill is overdue", "next_step": "Ask for a card that works",
        }
        for rank, at_risk, band in ((1, 100, "at_risk"), (2, 0, "watch"), (3, 0, "healthy"))
    ]  # fmt: skip
    return {
        "nrr_monthly": revenue(),
        "retention_cohorts": cohorts(),
        "benchmark_results": benchmarks(),
        "funnel_conversion": [conversion, {**conversion, "cohort_month": date(2026, 2, 1), "is_mature": False}],
        "unit_economics_monthly": [economics],
        "nps_monthly": [nps],
        "deals_at_risk": deals,
        "customers_at_risk": customers,
    }
