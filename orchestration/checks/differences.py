"""Two ways to the same revenue, read from a mart: how far apart they are in money, why, and for whom most.

The marts `mrr_backtest` and `mrr_reconciliation` have one row a subscription. Money is in the reporting currency; what
has no exchange rate is counted, not summed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

WORST_CUSTOMERS = 10

# One row a subscription: what it is worth, how far the other figure is off, what of that nothing explains, and why.
BACKTEST = """
    select
        customer_id, mrr_live_reporting as worth, error_reporting as error,
        case when reason = 'unexplained' then error_reporting else 0 end as unexplained, reason
    from marts.mrr_backtest"""
RECONCILIATION = """
    select
        customer_id, contract_reporting as worth, difference_reporting as error,
        case when is_reconciled then 0 else unexplained_reporting end as unexplained, main_reason as reason
    from marts.mrr_reconciliation"""


@dataclass(frozen=True)
class Customer:
    """What a customer's subscriptions are worth, and how far off; `reasons` in words, comma separated."""

    customer_id: str
    worth: Decimal
    error: Decimal
    unexplained: Decimal
    reasons: str


@dataclass(frozen=True)
class Reason:
    """The subscriptions that differ for one reason; `error` is their net difference."""

    reason: str
    subscriptions: int
    error: Decimal


@dataclass(frozen=True)
class Difference:
    """All subscriptions compared. `error` and `unexplained` are sums of absolute values: nothing cancels out."""

    subscriptions: int
    agreeing: int
    without_rate: int
    worth: Decimal
    error: Decimal
    unexplained: Decimal
    reasons: Sequence[Reason]
    worst: Sequence[Customer]

    @property
    def relative_error(self) -> Decimal:
        """Share of what is worth; only where that is not zero."""
        return self.error / self.worth

    @property
    def relative_unexplained(self) -> Decimal:
        return self.unexplained / self.worth


def read_difference(connection: "duckdb.DuckDBPyConnection", subscriptions: str) -> Difference:
    """The figures of `BACKTEST` or `RECONCILIATION`."""
    row = connection.execute(
        f"""
        select
            count(*), count(*) filter (where reason is null), count(*) filter (where error is null),
            coalesce(sum(worth), 0), coalesce(sum(abs(error)), 0), coalesce(sum(abs(unexplained)), 0)
        from ({subscriptions}) as subscriptions
        """
    ).fetchone()
    assert row is not None  # an aggregate without groups has one row
    count, agreeing, without_rate, worth, error, unexplained = row
    reasons = connection.execute(
        f"""
        select reason, count(*), coalesce(sum(error), 0)
        from ({subscriptions}) as subscriptions
        where reason is not null
        group by reason
        order by sum(abs(error)) desc nulls last, reason
        """
    ).fetchall()
    worst = connection.execute(
        f"""
        select
            customer_id, sum(worth), sum(error), sum(unexplained),
            string_agg(distinct replace(reason, '_', ' '), ', ' order by replace(reason, '_', ' '))
        from ({subscriptions}) as subscriptions
        where reason is not null and error is not null
        group by customer_id
        order by sum(abs(unexplained)) desc, sum(abs(error)) desc, customer_id
        limit {WORST_CUSTOMERS}
        """
    ).fetchall()
    return Difference(
        count,
        agreeing,
        without_rate,
        worth,
        error,
        unexplained,
        reasons=[Reason(*row) for row in reasons],
        worst=[Customer(*row) for row in worst],
    )
