"""Streams as Dagster assets: what both sources share.

The streams of a group are fetched together and landed in one load, one asset each. A group can be materialised in part.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import dagster as dg

from orchestration.full_disk import full_disk_explained
from orchestration.interrupts import insistent
from orchestration.retries import NotToday, Unavailable
from orchestration.settings import Settings, UserError, load_settings

if TYPE_CHECKING:
    from orchestration.fetching import Fetching
    from orchestration.landing import Landed
    from orchestration.origin import Owner
    from orchestration.records import RecordRules
    from orchestration.spool import Spool

# Momentary trouble is retried request by request already; this is for what lasts longer, such as a restart.
RETRY_SECONDS = (30, 60)

OWNERS = ["team:data"]


StreamT = TypeVar("StreamT", bound="Stream")
Result = TypeVar("Result")
Fetch = Callable[[Sequence[StreamT], "Spool", Settings, "Fetching"], None]


class Stream(Protocol):
    """What an asset needs to know of a stream."""

    @property
    def name(self) -> str:
        """The table's name."""
        ...

    @property
    def group(self) -> str:
        """Streams of one group are fetched and landed together."""
        ...

    @property
    def rules(self) -> "RecordRules":
        """Where its objects keep id, times and what changes by itself."""
        ...

    @property
    def description(self) -> str:
        """What one row is, for the UI."""
        ...


def extraction_assets(
    source: str,
    streams: Sequence[StreamT],
    fetch: Fetch[StreamT],
) -> list[dg.AssetsDefinition]:
    """The assets of a source: one multi-asset for each group of neighbouring streams."""
    return [
        _group_assets(source, name, tuple(group), fetch)
        for name, group in groupby(streams, lambda stream: stream.group)
    ]


def extract(
    *,
    source: str,
    load: str,
    streams: Sequence[StreamT],
    fetch: Fetch[StreamT],
    settings: Settings,
    log: Callable[[str], None],
) -> dict[str, "Landed"]:
    """Fetch the streams, then land them. The warehouse is not held open while fetching.

    `load` names the group. What a fetch has finished in parts survives a failure, for the next call to go on with. That
    call reads once more where this leaves it behind. Raises UserError for whatever the user can mend, as where another
    account's data lies there already.
    """
    from orchestration import origin

    origin.check(settings, source, {})  # what can be told without asking anybody
    owner = _owner(source, settings, log)
    origin.check(settings, source, owner.identity)

    def once() -> "tuple[dict[str, Landed], bool]":
        with full_disk_explained(settings.home):  # the spool is on it too
            return _extract_once(
                source=source, load=load, streams=streams, fetch=fetch, settings=settings, log=log, owner=owner
            )

    landed, is_behind = once()
    if not is_behind:
        return landed
    log("the interrupted run is finished; reading what this one has to read itself")
    try:
        again, _ = once()
    except NotToday as reason:  # what was finished stands; tomorrow's run goes on from here
        log(str(reason))
        return {name: replace(told, notes=(*told.notes, str(reason))) for name, told in landed.items()}
    return {name: told.followed_by(again[name]) for name, told in landed.items()}


def _extract_once(
    *,
    source: str,
    load: str,
    streams: Sequence[StreamT],
    fetch: Fetch[StreamT],
    settings: Settings,
    log: Callable[[str], None],
    owner: "Owner",
) -> "tuple[dict[str, Landed], bool]":
    """One fetch and its landing; and whether there is more to read by now."""
    # These bring dlt, Arrow and DuckDB along; the code location loads without them.
    from orchestration.fetching import Fetching
    from orchestration.landing import land
    from orchestration.origin import keep
    from orchestration.spool import Spool

    spool = Spool(settings.dlt_home / "spool" / f"{source}_{load}", datetime.now(UTC))
    is_landed = False
    try:
        for stream in streams:
            spool.open(stream.name)
        fetching = Fetching(spool, log, owner.answer)
        fetch(streams, spool, settings, fetching)
        for name, opened in spool.streams.items():
            if opened.skipped:
                log(f"{name} is skipped: {opened.skipped}")
        log(f"fetched {fetching.progress()}")
        rules = {stream.name: stream.rules for stream in streams}
        keep(settings, source, owner.identity)
        landed = land(spool, source=source, load=load, settings=settings, rules=rules)
        is_landed = True
        return landed, spool.is_behind
    finally:
        spool.remove(landed=is_landed)


def _owner(source: str, settings: Settings, log: Callable[[str], None]) -> "Owner":
    """What the vendor says about whose data it will give."""
    if source == "stripe":
        from orchestration.stripe.identity import owner
    else:
        from orchestration.hubspot.identity import owner
    return owner(settings, log)


def _patiently(attempt: Callable[[], Result], log: Callable[[str], None]) -> Result:
    """Repeat what may go well a little later: a host that is down may come back, a wrong key does not mend itself."""
    waits = iter(RETRY_SECONDS)
    while True:
        try:
            with insistent():
                return attempt()
        except Exception as error:
            wait = next(waits, None)
            if wait is None or (isinstance(error, UserError) and not isinstance(error, Unavailable)):
                raise
            log(f"{error}; once more in {wait} s")
        time.sleep(wait)


def _group_assets(
    source: str,
    group: str,
    streams: tuple[StreamT, ...],
    fetch: Fetch[StreamT],
) -> dg.AssetsDefinition:
    specs = [
        dg.AssetSpec(
            key=[f"raw_{source}", stream.name],
            group_name=source,
            description=stream.description,
            owners=OWNERS,
            kinds={source, "dlt", "duckdb"},
            metadata={"dagster/table_name": f"raw_{source}.{stream.name}"},
            skippable=False,
        )
        for stream in streams
    ]

    @dg.multi_asset(
        name=f"extract_{source}" if group == source else f"extract_{source}_{group}",
        description=f"Read {', '.join(stream.name for stream in streams)} and keep every version.",
        specs=specs,
        can_subset=True,
        pool="warehouse",
    )
    def assets(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
        chosen = [
            stream for stream in streams if dg.AssetKey([f"raw_{source}", stream.name]) in context.selected_asset_keys
        ]
        began = time.monotonic()
        try:
            attempt = partial(
                extract,
                source=source,
                load=group,
                streams=chosen,
                fetch=fetch,
                settings=load_settings(),
                log=context.log.info,
            )
            landed = _patiently(attempt, context.log.warning)
        except UserError as error:
            raise dg.Failure(str(error)) from None  # one line says it all
        seconds = round(time.monotonic() - began, 1)
        for stream in chosen:
            yield dg.MaterializeResult(
                asset_key=[f"raw_{source}", stream.name],
                metadata=_metadata(landed[stream.name], seconds),
            )

    return assets


def _metadata(landed: "Landed", seconds: float) -> dict[str, Any]:
    told: dict[str, Any] = {
        "rows_fetched": landed.fetched,
        "new_versions": landed.new_versions,
        "duplicates": landed.duplicates,
        "rejected": landed.rejected,
        "vanished": landed.vanished,
        "seconds_of_group": seconds,
    }
    if landed.skipped:
        told["skipped"] = landed.skipped
    if landed.notes:
        told["note"] = "; ".join(landed.notes)
    return told
