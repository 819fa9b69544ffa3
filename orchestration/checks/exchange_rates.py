"""Is MRR in other currencies converted at rates of its own time? One asset check, which never blocks.

A rate counts as old when it lies more than `fx_rate_max_age_days` from the end of the month that it converts. The
figures stay as they are: an old rate is nearer to the truth than none, but somebody has to know.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import dagster as dg

from orchestration.checks.policies import policy
from orchestration.checks.warehouse import reading

MRR_KEY = dg.AssetKey(["marts", "mrr_monthly"])
SHOWN = 50

WHAT_TO_DO = (
    "Give the Stripe key the permission to read balance transactions (their rates are your own), or add a line with "
    "the currency and a date near the month's end to seeds/fx_rates.csv (units of the currency for one euro, as the "
    "European Central Bank publishes them); then run again."
)


@dataclass(frozen=True)
class OldRate:
    """A run of months whose MRR in a currency is converted at the same old rate; at none where `rate_date` is None.

    `mrr` is that of the last of them, in the currency itself. `age_days` is that of the worst month; negative where the
    rate is from after it.
    """

    currency: str
    first_month: date
    last_month: date
    rate_date: date | None
    source: str | None
    age_days: int | None
    mrr: Decimal

    @property
    def months(self) -> str:
        first, last = f"{self.first_month:%Y-%m}", f"{self.last_month:%Y-%m}"
        return first if first == last else f"{first} to {last}"

    @property
    def told(self) -> str:
        """`EUR in 2026-01 to 2026-02: rate of 2024-06-28 (seed), 610 days off`."""
        where = f"{self.currency.upper()} in {self.months}"
        if self.rate_date is None or self.age_days is None:
            return f"{where}: no rate"
        return f"{where}: rate of {self.rate_date} ({self.source}), {abs(self.age_days)} days off"


@dg.asset_check(
    asset=MRR_KEY,
    name="exchange_rates_are_recent",
    description="Is MRR in other currencies converted at rates of the month that it belongs to?",
    pool="warehouse",
)
def exchange_rates_are_recent() -> dg.AssetCheckResult:
    with reading() as connection:
        rows = connection.execute(
            """
            select
                currency, min(month), max(month), rate_date, source,
                max_by(age_days, abs(age_days)), max_by(mrr, month)
            from intermediate.int_fx_rate_ages
            where is_stale
            group by currency, rate_date, source
            order by max(month) desc, currency
            """
        ).fetchall()
        converted = connection.execute("select count(*) from intermediate.int_fx_rate_ages").fetchone()
    return report([OldRate(*row) for row in rows], converted[0] if converted else 0)


def report(old: Sequence[OldRate], converted: int) -> dg.AssetCheckResult:
    """The check result, given how many pairs of month and currency had to be converted."""
    days = int(policy("fx_rate_max_age_days"))
    if not old:
        told = "no MRR in other currencies" if not converted else f"all {converted} within {days} days"
        return dg.AssetCheckResult(passed=True, description=f"pass: {told}", metadata={"converted": converted})
    more = f"; {len(old) - 1} more in the table" if len(old) > 1 else ""
    lines = [
        f"| {each.currency.upper()} | {each.months} | {each.rate_date or 'none'} | {each.source or '-'} | "
        f"{'-' if each.age_days is None else abs(each.age_days)} | {each.mrr:,.2f} |"
        for each in old[:SHOWN]
    ]
    header = ["| currency | months | date of the rate | from | days off | MRR in it |", "|---|---|---|---|---|---|"]
    return dg.AssetCheckResult(
        passed=False,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"warn: {old[0].told} (allowed: {days}){more}. {WHAT_TO_DO}",
        metadata={
            "converted": converted,
            "old_rates": dg.MetadataValue.md("\n".join([*header, *lines])),
            "what_to_do": WHAT_TO_DO,
        },
    )
