"""Is MRR what was billed? Two asset checks that hold it against the invoices; neither blocks.

`invoices_alone`: today's MRR as the lines tell whose period covers today, against the live subscriptions. It says how
far the months before the first sync, which rest on invoices, can be relied on. `billed_against_contract`: what was
billed for the last closed months, spread over its service periods, against the MRR of the same time.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import dagster as dg

from orchestration.checks.differences import BACKTEST, RECONCILIATION, Difference, read_difference
from orchestration.checks.policies import policy
from orchestration.checks.warehouse import reading
from orchestration.settings import load_settings

BACKTEST_KEY = dg.AssetKey(["marts", "mrr_backtest"])
RECONCILIATION_KEY = dg.AssetKey(["marts", "mrr_reconciliation"])


@dataclass(frozen=True)
class Comparison:
    """One check: where its rows come from, what its words are, and what it lets pass (shares of the MRR compared)."""

    name: str
    asset: dg.AssetKey
    subscriptions: str
    description: str
    nothing: str
    look_further: str
    max_error: Callable[[], Decimal | None]

    @property
    def max_unexplained(self) -> Decimal:
        return policy("max_unexplained_error")


COMPARISONS = (
    Comparison(
        name="invoices_alone",
        asset=BACKTEST_KEY,
        subscriptions=BACKTEST,
        description="Do the invoices alone lead to the MRR of the live subscriptions?",
        nothing="no subscription is worth anything now",
        look_further=(
            "`make explain CUSTOMER=cus_...` prints what the customer is worth and the objects that say so; "
            "marts.mrr_backtest has every subscription with the reason. An unexplained one is a rule that revfunnel "
            "does not know, or an invoice that was changed by hand."
        ),
        max_error=lambda: policy("backtest_max_error"),
    ),
    Comparison(
        name="billed_against_contract",
        asset=RECONCILIATION_KEY,
        subscriptions=RECONCILIATION,
        description="Does what was billed in the last closed months add up to the MRR of the same time?",
        nothing="no closed month has MRR yet",
        look_further=(
            "`make explain CUSTOMER=cus_...` prints what the customer is worth and the objects that say so; "
            "marts.mrr_reconciliation has one column a reason. Billed more than MRR: look for lines that are no part "
            "of the contract; less: for changes that Stripe never charged for."
        ),
        max_error=lambda: None,
    ),
)
_BY_NAME = {comparison.name: comparison for comparison in COMPARISONS}


@dg.multi_asset_check(
    name="revenue_checks",
    specs=[dg.AssetCheckSpec(each.name, asset=each.asset, description=each.description) for each in COMPARISONS],
    can_subset=True,
    pool="warehouse",
)
def revenue_checks(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
    """Read and report each selected comparison."""
    settings = load_settings()
    with reading() as connection:
        for key in sorted(context.selected_asset_check_keys):
            comparison = _BY_NAME[key.name]
            yield report(comparison, read_difference(connection, comparison.subscriptions), settings.currency)


def report(comparison: Comparison, found: Difference, currency: str) -> dg.AssetCheckResult:
    """The check result; without any MRR to compare with a warning, since a tick would be read as agreement."""
    if not found.worth:
        return dg.AssetCheckResult(
            check_name=comparison.name,
            asset_key=comparison.asset,
            passed=False,
            severity=dg.AssetCheckSeverity.WARN,
            description=f"not computable: {_why_nothing(comparison, found)}",
            metadata={"status": "not_computable", "subscriptions": found.subscriptions},
        )
    max_error, unit = comparison.max_error(), currency.upper()
    is_far = max_error is not None and found.relative_error > max_error
    passed = not is_far and found.relative_unexplained <= comparison.max_unexplained
    return dg.AssetCheckResult(
        check_name=comparison.name,
        asset_key=comparison.asset,
        passed=passed,
        severity=dg.AssetCheckSeverity.WARN,
        description=(
            f"{'pass' if passed else 'warn'}: {found.agreeing} of {found.subscriptions} subscriptions agree to the "
            f"cent; {found.error:,.2f} of {found.worth:,.2f} {unit} ({_percent(found.relative_error)}) do not, "
            f"{found.unexplained:,.2f} {unit} ({_percent(found.relative_unexplained)}) for no known reason"
        ),
        metadata={
            "status": "pass" if passed else "warn",
            "error": f"{found.error:,.2f} {unit}",
            "relative_error": float(found.relative_error),
            "unexplained": f"{found.unexplained:,.2f} {unit}",
            "relative_unexplained": float(found.relative_unexplained),
            "allowed": _allowed(comparison, max_error),
            "subscriptions": found.subscriptions,
            "agreeing_share": found.agreeing / found.subscriptions,
            "without_exchange_rate": found.without_rate,
            "reasons": dg.MetadataValue.md(_reasons(found, unit)),
            "worst_customers": dg.MetadataValue.md(_worst(found, unit)),
            "look_further": comparison.look_further,
        },
    )


def _why_nothing(comparison: Comparison, found: Difference) -> str:
    if found.without_rate:
        return f"{found.without_rate} subscriptions, and no exchange rate for any of them"
    return comparison.nothing


def _allowed(comparison: Comparison, max_error: Decimal | None) -> str:
    unexplained = f"{_percent(comparison.max_unexplained)} unexplained (var max_unexplained_error)"
    return unexplained if max_error is None else f"{_percent(max_error)} in all (var backtest_max_error), {unexplained}"


def _reasons(found: Difference, unit: str) -> str:
    if not found.reasons:
        return "Nothing differs."
    lines = [
        f"| {each.reason.replace('_', ' ')} | {each.subscriptions:,} | {each.error:+,.2f} |" for each in found.reasons
    ]
    return "\n".join([f"| reason | subscriptions | off by, {unit} |", "|---|---|---|", *lines])


def _worst(found: Difference, unit: str) -> str:
    if not found.worst:
        return "Nothing differs."
    lines = [
        f"| {each.customer_id} | {each.worth:,.2f} | {each.error:+,.2f} | {each.unexplained:+,.2f} | {each.reasons} |"
        for each in found.worst
    ]
    return "\n".join([f"| customer | MRR, {unit} | off by | unexplained | reasons |", "|---|---|---|---|---|", *lines])


def _percent(share: Decimal) -> str:
    return f"{share * 100:.2f} %"
