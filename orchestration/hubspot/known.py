"""What the warehouse knows of a HubSpot stream already. Each question opens the file for a moment only."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from orchestration.cursors import has_table, reading_warehouse
from orchestration.records import JsonObject, decode
from orchestration.settings import Settings


def live_ids(settings: Settings, stream: str) -> set[str]:
    """The ids whose newest version is no tombstone."""
    with reading_warehouse(settings) as connection:
        if connection is None or not has_table(connection, "hubspot", stream):
            return set()
        query = f"select id from raw_hubspot.{stream} where _dlt_valid_to is null and not deleted"
        return {identifier for (identifier,) in connection.execute(query).fetchall()}


def newest_versions(settings: Settings, stream: str, ids: Sequence[str]) -> dict[str, JsonObject]:
    """The newest version of each of these ids, tombstones included; what is not known is left out."""
    if not ids:
        return {}
    with reading_warehouse(settings) as connection:
        if connection is None or not has_table(connection, "hubspot", stream):
            return {}
        query = f"""
            select id, payload from raw_hubspot.{stream}
            where _dlt_valid_to is null and id in (select unnest(cast(? as varchar[])))
        """
        rows = connection.execute(query, [list(ids)]).fetchall()
    return {identifier: decode(msgspec.Raw(payload.encode())) for identifier, payload in rows}
