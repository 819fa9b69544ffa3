"""Usage of metered prices: a summary a day of each meter and customer, which the API gives for one pair at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from urllib.parse import quote

import msgspec

from orchestration.cursors import has_table, reading_warehouse
from orchestration.fetching import WORKERS, Fetching
from orchestration.settings import Settings
from orchestration.stripe.client import NotFound
from orchestration.stripe.events import Cursor, decode_cursor
from orchestration.stripe.reader import StreamReader

DAY = 86_400
SUBSCRIPTIONS = "subscriptions"  # the stream that says who is billed by a meter

# (meter, customer, since when): every subscription item that is billed by a meter.
_PAIRS = """
select meter, customer, min(since)
from (
    select
        unnest(json_extract_string(payload, '$.items.data[*].price.recurring.meter')) as meter,
        json_extract_string(payload, '$.customer') as customer,
        epoch(created_at)::bigint as since
    from {rows}
    where contains(payload, '"meter":"')
)
where meter is not null and customer is not null
group by all order by all
"""

Pair = tuple[str, str, int]


def usage_jobs(
    reader: StreamReader,
    subscriptions: StreamReader | None,
    *,
    told: str | None,
    now: int,
    settings: Settings,
    fetching: Fetching,
) -> list[Callable[[], None]]:
    """Read the complete days since the last read, and the days that late usage may still have changed.

    Once a day (UTC), since a summary is of a day that is over: no jobs later in the day.
    """
    cursor, today = decode_cursor(told), now // DAY * DAY
    if cursor and cursor.created >= today:
        return []
    late = cursor.created - reader.stream.recent_days * DAY if cursor else 0
    pairs = [
        (meter, customer, max(since // DAY * DAY, late)) for meter, customer, since in _pairs(subscriptions, settings)
    ]
    pairs = [pair for pair in pairs if pair[2] < today]
    parts = [pairs[start::WORKERS] for start in range(min(WORKERS, len(pairs)))]
    return [partial(_read_pairs, reader, part, today, fetching) for part in parts]


def usage_cursor(now: int) -> str:
    """The cursor once the jobs are done; its `created` is the day up to which was read."""
    return Cursor(now, now // DAY * DAY).encode()


def _read_pairs(reader: StreamReader, pairs: Sequence[Pair], until: int, fetching: Fetching) -> None:
    for meter, customer, since in pairs:
        path = reader.stream.path.format(meter=quote(meter, safe=""))
        query = {"customer": customer, "start_time": since, "end_time": until, "value_grouping_window": "day"}
        try:
            for page in reader.client.pages(path, query):
                fetching.sleep(0)
                for raw in page:
                    reader.take(_with_customer(raw, customer))
        except NotFound:
            continue  # the customer or the meter was deleted; what was read of it before stays


def _with_customer(raw: msgspec.Raw, customer: str) -> bytes:
    """A summary does not say whose usage it is."""
    try:
        summary = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    except ValueError:
        return bytes(raw)
    return msgspec.json.encode({**summary, "customer": customer})


def _pairs(subscriptions: StreamReader | None, settings: Settings) -> list[Pair]:
    """Who has ever been billed by which meter, by the subscriptions in the warehouse and in the spool."""
    import duckdb

    found: dict[tuple[str, str], int] = {}

    def look(connection: duckdb.DuckDBPyConnection, rows: str, parameters: list[list[str]]) -> None:
        for meter, customer, since in connection.execute(_PAIRS.format(rows=rows), parameters).fetchall():
            found[meter, customer] = min(since, found.get((meter, customer), since))

    with reading_warehouse(settings) as warehouse:
        if warehouse and has_table(warehouse, "stripe", SUBSCRIPTIONS):
            look(warehouse, f"raw_stripe.{SUBSCRIPTIONS}", [])
    if subscriptions:
        subscriptions.spool.flush()
    if files := subscriptions.spool.files() if subscriptions else []:
        with duckdb.connect() as connection:
            look(connection, "read_parquet(?)", [[str(file) for file in files]])
    return [(meter, customer, since) for (meter, customer), since in sorted(found.items())]
