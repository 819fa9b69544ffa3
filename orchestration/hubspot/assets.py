"""The HubSpot streams as Dagster assets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from orchestration.extraction import extraction_assets
from orchestration.hubspot.streams import STREAMS, Stream

if TYPE_CHECKING:
    from orchestration.fetching import Fetching
    from orchestration.settings import Settings
    from orchestration.spool import Spool


def _fetch(streams: Sequence[Stream], spool: Spool, settings: Settings, fetching: Fetching) -> None:
    # Imported when a run needs it, so that the code location loads fast.
    from orchestration.hubspot.fetch import fetch

    fetch(streams, spool, settings, fetching)


assets = extraction_assets("hubspot", STREAMS, _fetch)
