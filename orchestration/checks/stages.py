"""Does seeds/lifecycle_stages.csv know every lifecycle stage of the account? One asset check, which never blocks.

Entries into an unknown stage are kept under HubSpot's own id, but they are no step of the funnel: whoever stands
there does not count as having reached any stage.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import dagster as dg

from orchestration.checks.warehouse import reading

ENTRIES_KEY = dg.AssetKey(["marts", "fct_funnel_stage_entries"])

WHAT_TO_DO = (
    "Add a line for each to seeds/lifecycle_stages.csv: its value, the standard stage it counts as, that stage's order "
    "and implied_by_later; or other, without an order, where it is no step of the funnel. Then run again."
)


@dataclass(frozen=True)
class UnmappedStage:
    """A stage that the seed does not map: HubSpot's value and name (None: no longer an option), who has been in it."""

    source_stage: str
    label: str | None
    contacts: int
    companies: int

    @property
    def told(self) -> str:
        """`881201 (Evaluating): 12 contacts, 3 companies`."""
        name = f" ({self.label})" if self.label else ""
        return f"{self.source_stage}{name}: {self.contacts:,} contacts, {self.companies:,} companies"


@dg.asset_check(
    asset=ENTRIES_KEY,
    name="lifecycle_stages_are_mapped",
    description="Does seeds/lifecycle_stages.csv say what every lifecycle stage of the account counts as?",
    pool="warehouse",
)
def lifecycle_stages_are_mapped() -> dg.AssetCheckResult:
    with reading() as connection:
        rows = connection.execute(
            """
            select source_stage, stage_label, contacts, companies
            from intermediate.int_unmapped_stages
            order by contacts desc, companies desc, source_stage
            """
        ).fetchall()
    return report([UnmappedStage(*row) for row in rows])


def report(unmapped: Sequence[UnmappedStage]) -> dg.AssetCheckResult:
    """The check result, each unknown stage by name."""
    told = [stage.told for stage in unmapped]
    return dg.AssetCheckResult(
        passed=not unmapped,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"warn: not mapped: {'; '.join(told)}. {WHAT_TO_DO}" if told else "pass: every stage is mapped",
        metadata={
            "unmapped": dg.MetadataValue.md("\n".join(f"* {line}" for line in told) or "None."),
            "what_to_do": WHAT_TO_DO,
        },
    )
