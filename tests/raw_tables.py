"""Raw tables written straight into a warehouse, for benchmarks and tests of the models that need no extraction.

The columns are those of orchestration/landing.py. A generated folder is taken as one sync; for a benchmark it is taken
many times, each copy under ids of its own, by SQL, so that millions of objects take minutes.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

STRIPE = (
    "customers",
    "products",
    "prices",
    "coupons",
    "subscriptions",
    "subscription_schedules",
    "invoices",
    "invoiceitems",
    "events",
    "balance_transactions",
    "charges",
    "disputes",
    "meters",
    "meter_event_summaries",
)
SHARED = (
    "products",
    "prices",
    "coupons",
    "owners",
    "deal_pipelines",
    "lifecycle_stages",
    "meters",
    "marketing_emails",
    "campaigns",
    "web_analytics_sources",
    "account",
)  # one catalogue and one marketing, however many copies
FILES = {"meters": "billing_meters", "meter_event_summaries": "billing_meter_event_summaries"}
"""Streams whose file in a folder has the name of the API's resource instead of theirs."""
HUBSPOT = (
    "contacts",
    "companies",
    "deals",
    "owners",
    "deal_pipelines",
    "lifecycle_stages",
    "associations_contacts_companies",
    "associations_deals_companies",
    "associations_deals_contacts",
    "associations_meetings_contacts",
    "associations_meetings_deals",
    "associations_feedback_submissions_contacts",
    "leads",
    "line_items",
    "meetings",
    "calls",
    "emails",
    "tasks",
    "feedback_submissions",
    "marketing_emails",
    "campaigns",
    "events",
    "web_analytics_sources",
    "account",
)
_CREATE = """
    create table if not exists raw_{source}.{stream} (
        id varchar, created_at timestamptz, updated_at timestamptz, payload varchar, content_hash varchar,
        extracted_at timestamptz, deleted boolean
    )"""
_OBJECTS = """
    select
        coalesce(
            payload ->> 'id',
            (payload ->> 'from') || ':' || (payload ->> 'to'),
            (payload ->> 'date') || ':' || (payload ->> 'breakdown'),
            (payload ->> 'meter') || ':' || (payload ->> 'customer') || ':' || (payload ->> 'start_time'),
            payload ->> 'value',
            payload ->> 'portalId'
        ) as id,
        coalesce(
            to_timestamp(try_cast(coalesce(payload ->> 'created', payload ->> 'start_time') as bigint)),
            try_cast(coalesce(payload ->> 'createdAt', payload ->> 'occurredAt', payload ->> 'date') as timestamptz)
        ) as created_at,
        try_cast(payload ->> 'updatedAt' as timestamptz) as updated_at,
        cast(payload as varchar) as payload,
        coalesce(payload ->> 'deleted', payload ->> 'archived', 'false') = 'true' as deleted
    from (select json as payload from read_ndjson_objects('{path}')) as objects"""


@dataclass(frozen=True, slots=True)
class Copies:
    """How often a folder's objects are taken: copies 0 up to `count`, every `hubspot_every`-th of them in HubSpot too.

    `customers` limits Stripe to these ones (empty: all).
    """

    count: int = 1
    hubspot_every: int = 1
    customers: tuple[str, ...] = ()


def open_warehouse(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection in UTC that spills beside the file instead of taking all memory."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(str(path))
    connection.execute("set timezone = 'UTC'")
    connection.execute("set preserve_insertion_order = false")
    connection.execute("set memory_limit = '4GB'")
    return connection


def write_folder(
    connection: duckdb.DuckDBPyConnection, folder: Path, at: datetime, copies: Copies | None = None
) -> None:
    """Add all objects of a generated folder to the raw tables, as if extracted at `at`."""
    wanted = copies or Copies()
    for source, streams in (("stripe", STRIPE), ("hubspot", HUBSPOT)):
        connection.execute(f"create schema if not exists raw_{source}")
        for stream in streams:
            connection.execute(_CREATE.format(source=source, stream=stream))
            path = folder / source / f"{FILES.get(stream, stream)}.ndjson"
            if path.exists() and path.stat().st_size:
                connection.execute(f"create or replace temp table objects as {_OBJECTS.format(path=path)}")
                _write_objects(connection, source, stream, at, wanted)


def _write_objects(
    connection: duckdb.DuckDBPyConnection, source: str, stream: str, at: datetime, copies: Copies
) -> None:
    if source == "stripe" and stream not in SHARED and copies.customers:
        paths = ["$.id"] if stream == "customers" else ["$.customer", "$.source.customer", "$.data.object.customer"]
        owner = "coalesce(" + ", ".join(f"payload ->> '{path}'" for path in paths) + ", 'cus_' || {number})"
        owner = owner.format(number="nullif(regexp_extract(payload ->> 'charge', 'G[0-9]+'), '')")  # of a dispute
        connection.execute(f"delete from objects where not list_contains(?, {owner})", [list(copies.customers)])
    if stream in SHARED or copies.count == 1:
        identity, payload, numbers = "id", "payload", "range(1, 2)"
    else:
        identity, payload = (_renamed(source, stream, text) for text in ("id", "payload"))
        step = copies.hubspot_every if source == "hubspot" else 1
        numbers = f"range(1, {copies.count + 1}, {step})"
    connection.execute(
        f"""
        insert into raw_{source}.{stream}
        select {identity}, created_at, updated_at, {payload}, md5({identity} || ?), ?, deleted
        from objects cross join {numbers} as copies (number)
        """,
        [at.isoformat(), at.astimezone(UTC)],
    )


# Ids of generated Stripe objects have the customer's number in them (sub_G00012_1), HubSpot's are seven digits, which
# amounts can have too: an id follows its key, or stands in the id of a link. E-mail addresses and domains are told
# apart as well, so that customers match the companies of their own copy only.
_MAIL = "replace(replace({text}, '@', '.' || number || '@'), '.example', '.' || number || '.example')"
_STRIPE = "replace(replace({text}, '_G', '_' || number || 'G'), 'evt_', 'evt_' || number || '_')"
_KEY = '"(?:id|from|to|objectId|hs_object_id|associatedcompanyid|hubspot_company_id)":"'
_HUBSPOT_ID = f"(^|[:;]|{_KEY})((?:[123]0|4[0-7])[0-9]{{{{5}}}})\\b"
_HUBSPOT = f"regexp_replace({{text}}, '{_HUBSPOT_ID}', '\\1' || number || '\\2', 'g')"


def _renamed(source: str, stream: str, text: str) -> str:
    """SQL: the text with the ids of copy `number` in place of the folder's."""
    if source == "hubspot":
        return _HUBSPOT.format(text=_MAIL.format(text=text))
    if stream == "customers":  # the only stream whose e-mail addresses and company ids are read
        return _HUBSPOT.format(text=_MAIL.format(text=_STRIPE.format(text=text)))
    return _STRIPE.format(text=text)
