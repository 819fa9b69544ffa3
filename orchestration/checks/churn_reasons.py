"""Does seeds/churn_reasons_map.csv know every reason of a churn? One asset check, which never blocks.

A reason that the seed does not know leaves the cause of that churn unknown, or to another source. Its value is
named here, cut short, and not published, since HubSpot lets people write what they like.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import dagster as dg

from orchestration.checks.warehouse import reading

REASONS_KEY = dg.AssetKey(["marts", "churn_reasons"])
SHOWN = 50
SHOWN_CHARACTERS = 60

WHAT_TO_DO = (
    "Add a line with the source, the value and its cause (value_gap, competitor, budget, payment_failed or other) to "
    "seeds/churn_reasons_map.csv; then run again."
)


@dataclass(frozen=True)
class UnmappedReason:
    """A value of a source that the seed does not know, and how many churns have it."""

    source: str
    value: str
    churns: int

    @property
    def told(self) -> str:
        """`price_war (hubspot_deal, 2 churns)`."""
        short = self.value if len(self.value) <= SHOWN_CHARACTERS else f"{self.value[:SHOWN_CHARACTERS]}..."
        return f"{short} ({self.source}, {self.churns} {'churn' if self.churns == 1 else 'churns'})"


@dg.asset_check(
    asset=REASONS_KEY,
    name="churn_reasons_are_mapped",
    description="Is every reason that Stripe or HubSpot gives for a churn mapped to a cause?",
    pool="warehouse",
)
def churn_reasons_are_mapped() -> dg.AssetCheckResult:
    with reading() as connection:
        rows = connection.execute(
            """
            select source, value, count(*)
            from intermediate.int_churn_evidence
            where cause is null
            group by source, value
            order by count(*) desc, source, value
            """
        ).fetchall()
        told = connection.execute("select count(*) from intermediate.int_churn_evidence").fetchone()
    return report([UnmappedReason(*row) for row in rows], told[0] if told else 0)


def report(unmapped: Sequence[UnmappedReason], reasons: int) -> dg.AssetCheckResult:
    """The check result, given how many reasons there are in all."""
    if not unmapped:
        told = f"all {reasons} reasons are mapped" if reasons else "no source gives a reason"
        return dg.AssetCheckResult(passed=True, description=f"pass: {told}", metadata={"reasons": reasons})
    names = ", ".join(each.told for each in unmapped[:SHOWN])
    more = f", and {len(unmapped) - SHOWN} more values" if len(unmapped) > SHOWN else ""
    return dg.AssetCheckResult(
        passed=False,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"warn: not in seeds/churn_reasons_map.csv: {names}{more}. {WHAT_TO_DO}",
        metadata={"reasons": reasons, "unmapped": len(unmapped), "what_to_do": WHAT_TO_DO},
    )
