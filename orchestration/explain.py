"""`make explain CUSTOMER=cus_...`: what a customer is worth, when that changed, and the objects and fields that say so.

Reads warehouse.duckdb, since the published copy holds no intermediate tables.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from orchestration.driver.preflight import check_warehouse
from orchestration.settings import Settings, UserError, load_settings

if TYPE_CHECKING:
    import duckdb

Row = dict[str, Any]

_CUSTOMER = "select * from marts.dim_customers where customer_id = $customer"
_STATUS = """
    select spans.* from intermediate.int_subscription_status_spans as spans
    inner join staging.stg_stripe__subscriptions as subscriptions using (subscription_id)
    where subscriptions.customer_id = $customer
    order by subscription_id, valid_from
"""
_SPANS = """
    select spans.*, coalesce(lines.invoice_id, metered.invoice_id) as invoice_id, prices.product_name
    from intermediate.int_item_spans as spans
    left join intermediate.int_item_lines as lines on spans.evidence_id = lines.line_id
    left join staging.stg_stripe__invoice_lines as metered
        on spans.evidence_id = metered.line_id and spans.status = 'usage'
    left join intermediate.int_prices as prices on spans.price_id = prices.price_id
    where spans.customer_id = $customer
    order by subscription_id, subscription_item_id, valid_from
"""
_DISCOUNTS = """
    select discounts.* from intermediate.int_discount_spans as discounts
    inner join staging.stg_stripe__subscriptions as subscriptions using (subscription_id)
    where subscriptions.customer_id = $customer
    order by subscription_id, valid_from, discount_id
"""
_PHASES = """
    select
        subscription_id, schedule_id, version_id, known_from, closed_at, end_behavior, started_at, ended_at,
        string_agg(quantity || ' x ' || price_id, ' + ' order by item_position) as worth,
        case when count(item_mrr) = count(*) then sum(item_mrr) end as phase_mrr
    from intermediate.int_schedule_items
    inner join intermediate.int_schedule_item_amounts
        using (schedule_id, version_id, observed_at, phase_position, item_position)
    where customer_id = $customer and (closed_at is null or known_from < closed_at)
    group by all
    order by subscription_id, schedule_id, known_from, started_at
"""
_MOVEMENTS = "select * from marts.fct_mrr_movements where customer_id = $customer and movement <> 'fx' order by month"


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0, or 1 with one line that says what is wrong."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.explain", description=__doc__)
    parser.add_argument("customer", metavar="CUSTOMER", help="a Stripe customer id, cus_...")
    try:
        print("\n".join(explain(load_settings(), parser.parse_args(arguments).customer)))
    except UserError as error:
        print(f"revfunnel: {error}", file=sys.stderr)
        return 1
    return 0


def explain(settings: Settings, customer: str) -> list[str]:
    """The lines to print. Amounts are in the customer's own currency, times in UTC.

    Raises:
        UserError: there is no warehouse with models yet, another process holds it, or it does not know the customer.
    """
    import duckdb

    from orchestration.lake.place import let_read

    if not settings.warehouse_path.exists():
        raise UserError(f"{settings.warehouse_path} does not exist yet; `make run` first")
    check_warehouse(settings)
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
        let_read(connection, settings)
        try:
            known = _rows(connection, _CUSTOMER, customer)
            statuses, spans = _rows(connection, _STATUS, customer), _rows(connection, _SPANS, customer)
            discounts, movements = _rows(connection, _DISCOUNTS, customer), _rows(connection, _MOVEMENTS, customer)
            phases = _rows(connection, _PHASES, customer)
        except duckdb.CatalogException:  # a first run that ended on its way
            raise UserError(f"{settings.warehouse_path} holds no customers yet; `make run` first") from None
    if not known:
        raise UserError(f"no customer {customer} in {settings.warehouse_path}; ids look like cus_NffrFeUfNV2Hib")
    return [
        *_header(known[0]),
        *_subscriptions(statuses, spans, discounts, phases),
        "",
        "Movements by month",
        *(f"  {row['month']:%Y-%m}  {row['movement']:<13}{row['amount']:>+14,.2f}" for row in movements),
    ]


def _header(row: Row) -> list[str]:
    matched = f"HubSpot company {row['hubspot_company_id']}, by {row['match_method']}"
    company = matched if row["hubspot_company_id"] else "no HubSpot company"
    state = ", deleted at Stripe" if row["is_deleted"] else ""
    return [f"{row['customer_id']}  {row['currency']}, {row['segment']}, {company}{state}"]


def _subscriptions(statuses: list[Row], spans: list[Row], discounts: list[Row], phases: list[Row]) -> Iterator[str]:
    for subscription, of_subscription in groupby(statuses, lambda row: row["subscription_id"]):
        yield ""
        yield subscription
        for status, rows in groupby(of_subscription, _status):
            yield f"  {_day(next(rows)['valid_from'])}  {status}"
        for row in discounts:
            if row["subscription_id"] == subscription:
                yield f"  {_day(row['valid_from'])}  {_discount(row)}"
        yield from _schedules([row for row in phases if row["subscription_id"] == subscription])
        own = [row for row in spans if row["subscription_id"] == subscription]
        for item, of_item in groupby(own, lambda row: row["subscription_item_id"]):
            yield from _item(item, list(of_item))


def _status(row: Row) -> str:
    is_ending = row["is_ending"] and row["status"] != "ended"
    return f"{row['status']}, its end is scheduled" if is_ending else row["status"]


def _schedules(phases: list[Row]) -> Iterator[str]:
    """What each schedule plans, and since when that was known; a version that changes nothing of it is left out."""
    for schedule, of_schedule in groupby(phases, lambda row: row["schedule_id"]):
        last: list[str] = []
        closed_at = None
        for _, same in groupby(of_schedule, lambda row: (row["known_from"], row["version_id"])):
            rows = list(same)
            plan = [f"    {_day(row['started_at'])}  {row['worth']}: {_planned(row)}" for row in rows]
            after = "the subscription ends" if rows[-1]["end_behavior"] == "cancel" else "it goes on as it is"
            plan.append(f"    {_day(rows[-1]['ended_at'])}  {after}")
            if plan != last:
                version = f"{schedule} (version {rows[0]['version_id'][:12]})"
                yield f"  {_day(rows[0]['known_from'])}  planned in raw_stripe.subscription_schedules {version}: phases"
                yield from plan
            last, closed_at = plan, rows[-1]["closed_at"]
        if closed_at:
            yield f"  {_day(closed_at)}  {schedule} was given up, or is done"


def _planned(row: Row) -> str:
    return "not known" if row["phase_mrr"] is None else f"{row['phase_mrr']:,.2f} a month"


def _item(item: str, rows: list[Row]) -> Iterator[str]:
    yield f"  {item}  {rows[0]['product_name'] or rows[0]['product_id']}"
    for (_, source, evidence), same in groupby(rows, _state):
        first = next(same)
        worth = f"{first['quantity']} x {first['price_id']}: list {first['list_mrr']:,.2f}, MRR {first['mrr']:,.2f}"
        if first["committed_mrr"] != first["mrr"] and first["status"] != "usage":
            worth += f", committed {first['committed_mrr']:,.2f}"
        yield f"    {_day(first['valid_from'])}  {worth} ({first['status']})"
        yield f"                      {_origin(first, source, evidence)}"
    if rows[-1]["valid_to"] is not None:
        yield f"    {_day(rows[-1]['valid_to'])}  gone from the subscription"


def _state(row: Row) -> tuple[tuple[Any, ...], str, str]:
    worth = tuple(row[name] for name in ("price_id", "quantity", "list_mrr", "mrr", "committed_mrr", "status"))
    return worth, row["evidence_source"], row["evidence_id"]


def _origin(row: Row, source: str, evidence: str) -> str:
    """The raw table, the object and the fields that price and quantity were read from."""
    item = row["subscription_item_id"]
    if source == "event":
        return f"raw_stripe.events {evidence}: data.object.items[{item}].price, .quantity"
    if source == "snapshot":
        version = f"{row['subscription_id']} (version {evidence[:12]})"
        return f"raw_stripe.subscriptions {version}: items[{item}].price, .quantity"
    if row["invoice_id"] == "pending":
        return f"raw_stripe.invoiceitems {evidence}: pricing, quantity, period.start"
    return f"raw_stripe.invoices {row['invoice_id']}: lines[{evidence}].pricing, .quantity, .period.start"


def _discount(row: Row) -> str:
    taken = f"{row['percent_off'].normalize():f} %" if row["percent_off"] else f"{row['amount_off_minor']} minor units"
    until = f" until {_day(row['valid_to'])}" if row["valid_to"] else ""
    return f"{row['discount_id']}: {taken} off the {row['scope']}{until}"


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _rows(connection: "duckdb.DuckDBPyConnection", query: str, customer: str) -> list[Row]:
    found = connection.execute(query, {"customer": customer})
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


if __name__ == "__main__":
    sys.exit(main())
