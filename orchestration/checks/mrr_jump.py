"""Did MRR change by more than it ever does? One asset check, which never blocks.

The change of a month (exchange rates aside, as a share of the MRR it began with) is held against the months before.
The running month is judged too, so that a mistake shows on its day: while it lasts, no change at all is usual as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import dagster as dg

from orchestration.checks.policies import policy
from orchestration.checks.usual import Usual, usual
from orchestration.checks.warehouse import reading
from orchestration.settings import load_settings

if TYPE_CHECKING:
    import duckdb

MRR_KEY = dg.AssetKey(["marts", "mrr_monthly"])
NAME = "mrr_jump"
MIN_MONTHS = 6
HISTORY_MONTHS = 12  # a company grows up: what was usual two years ago says little
LARGEST = 10
_LEAST_SPREAD = 0.002  # of the MRR: a very steady company may move by this much without anything being wrong
WHAT_TO_DO = (
    "Look at the customers behind it: `make explain CUSTOMER=cus_...` prints what one is worth and the objects that "
    "say so. One large contract is news for the board; many customers at once are a price change, an import, or a "
    "mistake in billing."
)


@dataclass(frozen=True)
class Month:
    """MRR of a month in the reporting currency; `change` is without what exchange rates did."""

    month: date
    opening: Decimal
    change: Decimal

    @property
    def share(self) -> float | None:
        return float(self.change / self.opening) if self.opening > 0 else None


@dataclass(frozen=True)
class Mover:
    """What a customer's movements of the month come to; `movements` are their names, comma separated."""

    month: date
    customer_id: str
    amount: Decimal
    movements: str


@dataclass(frozen=True)
class Jump:
    """A month's change and what is usual for it."""

    month: Month
    share: float
    usual: Usual

    @property
    def is_usual(self) -> bool:
        return self.usual.holds(self.share)

    @property
    def told(self) -> str:
        """`+12.3 % in 2026-03 (usually -1.0 to 4.0 %, median 1.5 %)`."""
        low, high, middle = (f"{value * 100:.1f}" for value in (self.usual.low, self.usual.high, self.usual.median))
        return f"{self.share * 100:+.1f} % in {self.month.month:%Y-%m} (usually {low} to {high} %, median {middle} %)"


@dg.asset_check(
    asset=MRR_KEY,
    name=NAME,
    description="Did MRR change by about as much as it usually does in a month?",
    pool="warehouse",
)
def mrr_jump() -> dg.AssetCheckResult:
    settings = load_settings()
    now = (settings.as_of or datetime.now(UTC)).astimezone(ZoneInfo(settings.timezone))
    running = now.date().replace(day=1)
    with reading() as connection:
        found = jumps(read_months(connection, running), running, float(policy("anomaly_mads")))
        movers = [mover for jump in found for mover in read_movers(connection, jump.month.month)]
    return report(found, movers, settings.currency)


def read_months(connection: "duckdb.DuckDBPyConnection", running: date) -> list[Month]:
    """The company's months up to the running one, oldest first; without those whose MRR no exchange rate tells."""
    rows = connection.execute(
        """
        select month, opening_mrr, closing_mrr - opening_mrr - fx_mrr
        from marts.nrr_monthly
        where dimension = 'all' and month <= ? and opening_mrr is not null and fx_mrr is not null
        order by month
        """,
        [running],
    ).fetchall()
    return [Month(*row) for row in rows]


def read_movers(connection: "duckdb.DuckDBPyConnection", month: date) -> list[Mover]:
    """The customers that moved MRR most in a month, either way."""
    rows = connection.execute(
        f"""
        select month, customer_id, sum(amount_reporting), string_agg(distinct movement, ', ' order by movement)
        from marts.fct_mrr_movements
        where month = ? and movement != 'fx' and amount_reporting is not null
        group by month, customer_id
        order by abs(sum(amount_reporting)) desc, customer_id
        limit {LARGEST}
        """,
        [month],
    ).fetchall()
    return [Mover(*row) for row in rows]


def jumps(months: Sequence[Month], running: date, mads: float) -> list[Jump]:
    """The last whole month and the running one, as far as enough months before them tell what is usual."""
    found = []
    known = [(month, share) for month in months if (share := month.share) is not None]
    for number, (month, share) in enumerate(known):
        past = [each for _, each in known[max(number - HISTORY_MONTHS, 0) : number]]
        if number < len(known) - 2 or len(past) < MIN_MONTHS:
            continue
        expected = usual(past, mads, _LEAST_SPREAD)
        if month.month == running:
            expected = Usual(expected.median, min(expected.low, 0.0), max(expected.high, 0.0), expected.n)
        elif any(later.month > month.month and later.month < running for later, _ in known):
            continue  # neither the last whole month nor the running one
        found.append(Jump(month, share, expected))
    return found


def report(found: Sequence[Jump], movers: Sequence[Mover], currency: str) -> dg.AssetCheckResult:
    """The check result; `movers` are the customers behind the months in `found`."""
    if not found:
        return dg.AssetCheckResult(
            check_name=NAME,
            asset_key=MRR_KEY,
            passed=False,
            severity=dg.AssetCheckSeverity.WARN,
            description=f"not computable: fewer than {MIN_MONTHS} months with MRR to know what is usual",
            metadata={"status": "not_computable"},
        )
    unit = currency.upper()
    unusual = [jump for jump in found if not jump.is_usual]
    status = "warn" if unusual else "pass"
    told = "; ".join(jump.told for jump in unusual or found)
    behind = [mover for mover in movers if mover.month in {jump.month.month for jump in unusual}][:3]
    names = ", ".join(f"{mover.customer_id} ({mover.amount:+,.2f} {unit})" for mover in behind)
    return dg.AssetCheckResult(
        check_name=NAME,
        asset_key=MRR_KEY,
        passed=not unusual,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{status}: {told}" + (f". Most of all {names}" if names else ""),
        metadata={
            "status": status,
            "changes": dg.MetadataValue.md("\n".join(f"* {jump.told}, of {jump.usual.n} months" for jump in found)),
            "allowed": f"{policy('anomaly_mads')} scaled median absolute deviations (var anomaly_mads)",
            "customers_behind_it": dg.MetadataValue.md(_table(movers, unit)),
            "what_to_do": WHAT_TO_DO,
        },
    )


def _table(movers: Sequence[Mover], unit: str) -> str:
    if not movers:
        return "No movement."
    lines = [
        f"| {mover.month:%Y-%m} | {mover.customer_id} | {mover.amount:+,.2f} | {mover.movements} |" for mover in movers
    ]
    return "\n".join([f"| month | customer | MRR, {unit} | movements |", "|---|---|---|---|", *lines])
