"""Two asset checks: which customers have no HubSpot company, and which manual matches lead nowhere.

Neither blocks. MRR without a company has no segment, source or salesperson, so that every figure split by them leaves
it out or puts it under `unknown`.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from orchestration.checks.policies import policy
from orchestration.checks.warehouse import reading
from orchestration.settings import PROJECT_ROOT, load_settings

if TYPE_CHECKING:
    import duckdb

CUSTOMERS_KEY = dg.AssetKey(["marts", "dim_customers"])
OVERRIDES_CSV = PROJECT_ROOT / "seeds" / "identity_overrides.csv"
LARGEST = 10

MATCH_THEM = (
    "Add a line to seeds/identity_overrides.csv (customer_id, hubspot_company_id, note; an empty company says that "
    "there is none), or put the company's id into the Stripe customer's metadata as hubspot_company_id; then run "
    "again. intermediate.int_identity_candidates has what was found and why it was not taken."
)
_PROBLEMS = {
    "customer_not_found": "Stripe has no customer {customer_id}",
    "company_not_found": "HubSpot has no company {company_id}",
    "company_archived": "HubSpot's company {company_id} is archived",
}


@dataclass(frozen=True)
class Unmatched:
    """A customer without a company; `mrr` in the reporting currency, None without an exchange rate."""

    customer_id: str
    mrr: Decimal | None
    rejected_candidates: int


@dataclass(frozen=True)
class Matching:
    """Today's MRR of all paying customers, and of those without a company, of whom the largest are listed.

    `decided` are customers of whom somebody decided that they have no company: they count as matched.
    """

    customers: int
    mrr: Decimal
    unmatched: int
    unmatched_mrr: Decimal
    decided: int
    without_rate: int
    largest: Sequence[Unmatched]


@dataclass(frozen=True)
class Override:
    """A line of the seed that could not be taken; `company_id` is empty where the line names none."""

    customer_id: str
    company_id: str
    problem: str


@dg.multi_asset_check(
    name="identity_checks",
    specs=[
        dg.AssetCheckSpec(
            "unmatched_mrr_share",
            asset=CUSTOMERS_KEY,
            description="How much of today's MRR comes from customers for whom no HubSpot company was found?",
        ),
        dg.AssetCheckSpec(
            "identity_overrides_are_known",
            asset=CUSTOMERS_KEY,
            description="Does every line of seeds/identity_overrides.csv name a customer and a company that exist?",
        ),
    ],
    can_subset=True,
    pool="warehouse",
)
def identity_checks(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
    """Read and report each selected check."""
    settings = load_settings()
    with reading() as connection:
        for key in sorted(context.selected_asset_check_keys):
            if key.name == "unmatched_mrr_share":
                yield report_unmatched(read_matching(connection), settings.currency)
            else:
                yield report_overrides(read_overrides(connection), lines_of_customers(OVERRIDES_CSV))


def read_matching(connection: "duckdb.DuckDBPyConnection") -> Matching:
    """What `intermediate.int_customer_matches` comes to."""
    row = connection.execute(
        """
        select
            count(*), coalesce(sum(mrr_reporting), 0), count(*) filter (where is_unmatched),
            coalesce(sum(mrr_reporting) filter (where is_unmatched), 0),
            count(*) filter (where match_method = 'manual' and not has_company),
            count(*) filter (where mrr_reporting is null)
        from intermediate.int_customer_matches
        """
    ).fetchone()
    assert row is not None  # an aggregate without groups has one row
    largest = connection.execute(
        f"""
        select customer_id, mrr_reporting, rejected_candidates
        from intermediate.int_customer_matches
        where is_unmatched
        order by mrr_reporting desc nulls last, customer_id
        limit {LARGEST}
        """
    ).fetchall()
    return Matching(*row, largest=[Unmatched(*each) for each in largest])


def read_overrides(connection: "duckdb.DuckDBPyConnection") -> list[Override]:
    """The lines of the seed that the models could not take."""
    rows = connection.execute(
        """
        select customer_id, coalesce(evidence, ''), rejected_reason
        from intermediate.int_identity_manual
        where rejected_reason is not null
        order by customer_id
        """
    ).fetchall()
    return [Override(*row) for row in rows]


def lines_of_customers(path: Path) -> dict[str, int]:
    """Customer -> its line in the seed, the header being line 1."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return {(row["customer_id"] or "").strip(): reader.line_num for row in reader}


def report_unmatched(found: Matching, currency: str) -> dg.AssetCheckResult:
    """The check result; without any MRR a warning, since a tick would be read as all matched."""
    unit, allowed = currency.upper(), policy("max_unmatched_mrr_share")
    if not found.mrr:
        why = "no exchange rate for any of them" if found.without_rate else "no customer pays now"
        return dg.AssetCheckResult(
            check_name="unmatched_mrr_share",
            asset_key=CUSTOMERS_KEY,
            passed=False,
            severity=dg.AssetCheckSeverity.WARN,
            description=f"not computable: {found.customers} customers with MRR, {why}",
            metadata={"status": "not_computable", "customers": found.customers},
        )
    share = found.unmatched_mrr / found.mrr
    passed = share <= allowed
    return dg.AssetCheckResult(
        check_name="unmatched_mrr_share",
        asset_key=CUSTOMERS_KEY,
        passed=passed,
        severity=dg.AssetCheckSeverity.WARN,
        description=(
            f"{'pass' if passed else 'warn'}: {found.unmatched_mrr:,.2f} of {found.mrr:,.2f} {unit} MRR "
            f"({share * 100:.2f} %, allowed {allowed * 100:.2f} %) from {found.unmatched} of {found.customers} "
            "customers without a HubSpot company"
        ),
        metadata={
            "status": "pass" if passed else "warn",
            "share": float(share),
            "allowed": f"{allowed * 100:.2f} % (var max_unmatched_mrr_share)",
            "unmatched_mrr": f"{found.unmatched_mrr:,.2f} {unit}",
            "mrr": f"{found.mrr:,.2f} {unit}",
            "unmatched_customers": found.unmatched,
            "customers": found.customers,
            "decided_without_company": found.decided,
            "without_exchange_rate": found.without_rate,
            "largest_unmatched": dg.MetadataValue.md(_largest(found.largest, unit)),
            "what_to_do": MATCH_THEM,
        },
    )


def report_overrides(found: Sequence[Override], lines: Mapping[str, int]) -> dg.AssetCheckResult:
    """The check result: each line that leads nowhere, in words."""
    told = [f"line {lines.get(each.customer_id, '?')}: {_problem(each)}" for each in found]
    return dg.AssetCheckResult(
        check_name="identity_overrides_are_known",
        asset_key=CUSTOMERS_KEY,
        passed=not found,
        severity=dg.AssetCheckSeverity.WARN,
        description=(
            f"warn: {OVERRIDES_CSV.name} {'; '.join(told)}. Those customers are matched as if the line were not there."
            if found
            else f"pass: all {len(lines)} lines lead to a customer and a company"
        ),
        metadata={
            "lines": len(lines),
            "ignored": dg.MetadataValue.md("\n".join(f"* {line}" for line in told) or "None."),
        },
    )


def _problem(override: Override) -> str:
    return _PROBLEMS[override.problem].format(customer_id=override.customer_id, company_id=override.company_id)


def _largest(customers: Sequence[Unmatched], unit: str) -> str:
    if not customers:
        return "Every customer has a company."
    lines = [
        f"| {each.customer_id} | {'no rate' if each.mrr is None else f'{each.mrr:,.2f}'} | {each.rejected_candidates} |"
        for each in customers
    ]
    return "\n".join([f"| customer | MRR, {unit} | rejected candidates |", "|---|---|---|", *lines])
