"""From HubSpot to the spool: objects first, several streams at a time, then the links between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from orchestration.cursors import read_cursors
from orchestration.fetching import Fetching
from orchestration.hubspot.answers import parse_option_value
from orchestration.hubspot.associations import read_associations
from orchestration.hubspot.client import HubSpotClient, Misunderstood, NotFound, Refused
from orchestration.hubspot.objects import read_objects
from orchestration.hubspot.reports import (
    read_campaigns,
    read_events,
    read_lifecycle_options,
    read_list,
    read_single,
    read_web_analytics,
)
from orchestration.hubspot.run import Run
from orchestration.hubspot.scopes import token_warning
from orchestration.hubspot.streams import Kind, Stream
from orchestration.settings import Settings
from orchestration.spool import Spool, StreamSpool

READERS: Mapping[Kind, Callable[[Run, Stream, StreamSpool], None]] = {
    "objects": read_objects,
    "associations": read_associations,
    "single": read_single,
    "list": read_list,
    "lifecycle_options": read_lifecycle_options,
    "campaigns": read_campaigns,
    "events": read_events,
    "web_analytics": read_web_analytics,
}

# HubSpot's own stages; those of the account are added when its options have been read.
LIFECYCLE_STAGES = (
    "subscriber",
    "lead",
    "marketingqualifiedlead",
    "salesqualifiedlead",
    "opportunity",
    "customer",
    "evangelist",
    "other",
)


def fetch(streams: Sequence[Stream], spool: Spool, settings: Settings, fetching: Fetching) -> None:
    """Read what is new of the streams; a stream that the token or the plan does not include is skipped with its reason.

    Raises UserError, DailyLimitReached among them: what was fetched until then is kept for the next run.
    """
    cursors = read_cursors(settings, "hubspot")
    client = HubSpotClient(settings, log=fetching.say, sleep=fetching.sleep)
    stages = lifecycle_stages(client)  # also tells what time it is there
    run = Run(client, settings, fetching, spool, cursors, client.now(), stages)
    is_first_of_day = any(run.position(stream).reread_is_due(run.now) for stream in streams if stream.kind == "objects")
    if is_first_of_day and (warning := token_warning(settings)):
        fetching.say(warning)
    links = [stream for stream in streams if stream.kind == "associations"]
    others = [stream for stream in streams if stream.kind != "associations"]
    fetching.parallel([partial(_read, run, stream) for stream in others])
    # Streams of one object type share what is asked for on their behalf, so its ids are learnt once.
    by_type = {
        stream.object_type: [link for link in links if link.object_type == stream.object_type] for stream in links
    }
    fetching.parallel([partial(_read_all, run, members) for members in by_type.values()])
    fetching.parallel(run.afterwards)


def lifecycle_stages(client: HubSpotClient) -> tuple[str, ...]:
    """All stages of the account: each has a date property named after it."""
    try:
        options = client.property_options("contacts", "lifecyclestage")
    except Refused:
        return LIFECYCLE_STAGES
    return tuple(dict.fromkeys((*LIFECYCLE_STAGES, *map(parse_option_value, options))))


def _read_all(run: Run, streams: Sequence[Stream]) -> None:
    for stream in streams:
        _read(run, stream)


def _read(run: Run, stream: Stream) -> None:
    spool = run.spool.open(stream.name)
    try:
        READERS[stream.kind](run, stream, spool)
    except Refused as reason:
        run.spool.skip(stream.name, str(reason))
    except (Misunderstood, NotFound) as reason:
        if stream.core:
            raise
        run.spool.skip(stream.name, f"{reason}; this account does not have it")
