"""What holds for every history, reckoned here from the rows of the built tables with whole decimals.

Each law gives the customers that break it, each with what is wrong.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from tests.python.properties.warehouse import Tables

Broken = Iterator[tuple[str, str]]
Rows = list[dict[str, Any]]
_SPANS, _MONTHS = "intermediate.int_item_spans", "marts.mrr_monthly"
_MOVES, _LEDGER = "marts.fct_mrr_movements", "marts.fct_mrr_changes"


def spans_never_overlap(tables: Tables, _: ZoneInfo) -> Broken:
    for spans in _grouped(tables[_SPANS].dicts(), "subscription_item_id").values():
        ordered = sorted(spans, key=lambda span: span["valid_from"])
        for span, follower in pairwise(ordered):
            if span["valid_to"] is None or span["valid_to"] > follower["valid_from"]:
                yield span["customer_id"], f"{span} overlaps {follower}"
        for span in ordered:
            if span["valid_to"] is not None and span["valid_to"] <= span["valid_from"]:
                yield span["customer_id"], f"{span} ends before it begins"


def amounts_are_possible(tables: Tables, _: ZoneInfo) -> Broken:
    """No negative MRR; net is at most list, committed (no phases are planned) or at risk is at most what there is."""
    for name in (_SPANS, _MONTHS):
        for row in tables[name].dicts():
            mrr = row["mrr"]
            parts = [row["committed_mrr"], row["at_risk_mrr"], row["trial_mrr"]]
            if (
                not isinstance(mrr, Decimal)
                or mrr < 0
                or row["list_mrr"] < mrr
                or min(parts) < 0
                or max(parts[:2]) > mrr
            ):
                yield row["customer_id"], f"{name} {row}"


def month_ends_are_the_spans_in_force(tables: Tables, zone: ZoneInfo) -> Broken:
    worth: dict[tuple[str, str, date], Decimal] = defaultdict(Decimal)
    months = tables[_MONTHS].dicts()
    ends = {row["month"]: _ends(row["month"], zone) for row in months}
    for span in tables[_SPANS].dicts():
        for month, end in ends.items():
            if span["valid_from"] < end and (span["valid_to"] is None or end <= span["valid_to"]):
                worth[span["customer_id"], span["currency"], month] += span["mrr"]
    for row in months:
        expected = worth.pop((row["customer_id"], row["currency"], row["month"]), Decimal(0))
        if row["mrr"] != expected:
            yield row["customer_id"], f"{row}: the spans come to {expected}"
    for (customer, currency, month), mrr in worth.items():
        if mrr:
            yield customer, f"{month} {currency} {mrr} is in no month"


def opening_and_movements_are_closing(tables: Tables, _: ZoneInfo) -> Broken:
    """In the customer's currency and in the reporting currency, and every kind of movement is what it says."""
    moved = _grouped(tables[_MOVES].dicts(), "customer_id", "currency", "month")
    for (customer, currency), months in _grouped(tables[_MONTHS].dicts(), "customer_id", "currency").items():
        opening = {"mrr": Decimal(0), "mrr_reporting": Decimal(0)}
        was_paying, before = False, None
        for row in sorted(months, key=lambda month: month["month"]):
            moves = moved.pop((customer, currency, row["month"]), [])
            for column, amount in (("mrr", "amount"), ("mrr_reporting", "amount_reporting")):
                if opening[column] + sum(move[amount] for move in moves) != row[column]:
                    yield customer, f"{column} {opening[column]} with {moves} is not {row}"
            kinds = sorted(move["movement"] for move in moves if move["movement"] != "fx")
            if kinds != _kinds(opening["mrr"], row["mrr"], was_paying=was_paying):
                yield customer, f"{opening['mrr']} to {row['mrr']} in {row['month']} is told as {kinds}"
            if before and _next(before) != row["month"]:
                yield customer, f"no row between {before} and {row['month']}"
            opening = {column: row[column] for column in opening}
            was_paying, before = was_paying or row["mrr"] > 0, row["month"]
    for key, moves in moved.items():
        yield key[0], f"{moves} in a month that is not there"


def parts_explain_movements(tables: Tables, _: ZoneInfo) -> Broken:
    for move in tables[_MOVES].dicts():
        parts = sum(move[f"{part}_amount"] for part in ("volume", "price", "plan_change", "discount"))
        if parts != (move["amount"] if move["movement"] in ("expansion", "contraction") else 0):
            yield move["customer_id"], f"{move}: the parts come to {parts}"


def the_ledger_comes_to_month_ends(tables: Tables, _: ZoneInfo) -> Broken:
    changes = _grouped(tables[_LEDGER].dicts(), "customer_id", "currency")
    for row in tables[_MONTHS].dicts():
        until = _next(row["month"])
        ledger = [
            change for change in changes.get((row["customer_id"], row["currency"]), []) if change["changed_on"] < until
        ]
        if sum((change["amount"] for change in ledger), Decimal(0)) != row["mrr"]:
            yield row["customer_id"], f"{row}: the ledger says {ledger}"


LAWS: tuple[Callable[[Tables, ZoneInfo], Broken], ...] = (
    spans_never_overlap,
    amounts_are_possible,
    month_ends_are_the_spans_in_force,
    opening_and_movements_are_closing,
    parts_explain_movements,
    the_ledger_comes_to_month_ends,
)


def _kinds(opening: Decimal, closing: Decimal, *, was_paying: bool) -> list[str]:
    if opening == closing:
        return []
    if not opening:
        return ["reactivation" if was_paying else "new"]
    if not closing:
        return ["churn"]
    return ["expansion" if closing > opening else "contraction"]


def _grouped(rows: Rows, *columns: str) -> dict[Any, Rows]:
    groups: dict[Any, Rows] = defaultdict(list)
    for row in rows:
        groups[row[columns[0]] if len(columns) == 1 else tuple(row[column] for column in columns)].append(row)
    return groups


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _ends(month: date, zone: ZoneInfo) -> datetime:
    """When a month is over in a zone, as the naive UTC times that the models keep."""
    following = _next(month)
    local = datetime(following.year, following.month, 1, tzinfo=zone)
    return local.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
