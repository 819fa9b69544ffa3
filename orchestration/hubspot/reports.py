"""Streams without a search for changes: the account, short lists, campaigns, custom events, web analytics."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from orchestration.hubspot.answers import parse_account, parse_analytics, parse_budget, parse_event_types
from orchestration.hubspot.client import NotFound
from orchestration.hubspot.position import Position, day, milliseconds
from orchestration.hubspot.run import PAGE_SIZE, Run, take
from orchestration.hubspot.streams import Stream
from orchestration.records import BadObject, JsonObject, decode
from orchestration.spool import StreamSpool

CUSTOM_EVENT = "pe"  # how the names of an account's own event types begin; HubSpot's own say nothing that is needed
# Events can be sent hours after they happened, and are filed under the time when they did.
EVENTS_OVERLAP = timedelta(days=2)
# HubSpot keeps working on the figures of the last months, when a visitor turns out to be a known contact.
ANALYTICS_MONTHS, ANALYTICS_FIRST_MONTHS = 3, 36


def read_single(run: Run, stream: Stream, spool: StreamSpool) -> None:
    """One object, the account itself; asked for again only where it has been refused, for the reason."""
    take(run.fetching.account or run.client.get(stream.path, parse_account, {}), stream, spool)


def read_list(run: Run, stream: Stream, spool: StreamSpool) -> None:
    """A list without a usable time of change, archived entries last, so that they win."""
    if not _due(run, stream, spool):
        return
    names = {"object_type": stream.object_type} if stream.object_type else {}
    for archived in ("false", "true") if stream.has_archived else (None,):
        params = {**stream.params, **({"archived": archived} if archived else {})}
        for page in run.client.pages(stream.path, params, **names):
            run.fetching.sleep(0)
            for raw in page:
                take(raw, stream, spool)
    _done(run, stream)


def read_lifecycle_options(run: Run, stream: Stream, spool: StreamSpool) -> None:
    """The options of the property that holds the lifecycle stage."""
    for raw in run.client.property_options(stream.object_type, "lifecyclestage"):
        take(raw, stream, spool)


def read_campaigns(run: Run, stream: Stream, spool: StreamSpool) -> None:
    """Campaigns, each with its budget and spend, for which the API has to be asked one by one."""
    if not _due(run, stream, spool):
        return
    for page in run.client.pages(stream.path, stream.params):
        for raw in page:
            run.fetching.sleep(0)
            take(raw, stream, spool, _budget(run, raw))
    _done(run, stream)


def read_events(run: Run, stream: Stream, spool: StreamSpool) -> None:
    """Occurrences of every custom event type since the last run, the time before it looked at again."""
    until, now = run.position(stream).until, run.now
    params = {"limit": str(PAGE_SIZE), "occurredBefore": _iso(now)}
    if until is not None:
        params["occurredAfter"] = _iso(datetime.fromtimestamp(until / 1000, UTC) - EVENTS_OVERLAP)
    for kind in run.client.get("event_types", parse_event_types, {}):
        if not kind.startswith(CUSTOM_EVENT):
            continue
        for page in run.client.pages(stream.path, {**params, "eventType": kind}):
            run.fetching.sleep(0)
            for raw in page:
                take(raw, stream, spool)
    run.reached(stream, Position(milliseconds(now)))


def read_web_analytics(run: Run, stream: Stream, spool: StreamSpool) -> None:
    """Figures by month and source; in the first run for years back, later for the last months only."""
    if not _due(run, stream, spool):
        return
    first = run.position(stream).until is None
    begin = month_start(run.now, ANALYTICS_FIRST_MONTHS if first else ANALYTICS_MONTHS)
    span = {"start": f"{begin:%Y%m%d}", "end": f"{run.now.astimezone(UTC):%Y%m%d}"}
    for month, sources in run.client.get(stream.path, parse_analytics, span).items():
        for raw in sources:
            take(raw, stream, spool, {"date": month})
    _done(run, stream)


def month_start(now: datetime, months_back: int) -> datetime:
    """The first day of the month so many months ago."""
    months = now.astimezone(UTC).year * 12 + now.astimezone(UTC).month - 1 - months_back
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)


def _due(run: Run, stream: Stream, spool: StreamSpool) -> bool:
    """Whether a stream that is read once a day is to be read now."""
    position = run.position(stream)
    if stream.every_run or position.reread_is_due(run.now):
        return True
    spool.notes.append(f"read once a day, the last time on {position.reread}")
    return False


def _done(run: Run, stream: Stream) -> None:
    run.reached(stream, Position(milliseconds(run.now), day(run.now)))


def _budget(run: Run, raw: msgspec.Raw) -> JsonObject:
    try:
        identifier = decode(raw).get("id")
        if not isinstance(identifier, str):
            return {}
        totals = run.client.get("campaign_budget", parse_budget, {}, id=identifier)
        return {"budget": decode(totals)}
    except (BadObject, NotFound):  # set aside for what it is by whoever takes the campaign; deleted a moment ago
        return {}


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
