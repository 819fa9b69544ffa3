"""Records that were merged away: which record an old id leads to, through any number of merges."""

from __future__ import annotations

from collections.abc import Mapping

from orchestration.records import JsonObject

MERGED_IDS = "hs_merged_object_ids"


def merged_ids(value: JsonObject) -> list[str]:
    """The ids that went up in this record, as it lists them itself."""
    properties = value.get("properties")
    listed = properties.get(MERGED_IDS) if isinstance(properties, dict) else None
    if not isinstance(listed, str):
        return []
    ids = dict.fromkeys(part.strip() for part in listed.split(";"))
    return [identifier for identifier in ids if identifier and identifier != value.get("id")]


def survivors(direct: Mapping[str, str]) -> dict[str, str]:
    """Of every old id the record that stands in the end. A circle, which cannot be, ends where it closes."""
    return {old: _follow(old, direct) for old in direct}


def merged_tombstone(value: JsonObject, survivor: str) -> JsonObject:
    """The last version of a record that was merged away. It keeps what was merged into it before."""
    return {**value, "archived": True, "mergedInto": survivor}


def gone_tombstone(identifier: str) -> JsonObject:
    """The last version of a record that is neither live nor archived any more. Nothing of it is kept: it may have been
    deleted for the sake of a person's privacy."""
    return {"id": identifier, "archived": True, "gone": True}


def _follow(old: str, direct: Mapping[str, str]) -> str:
    seen = {old}
    while (following := direct.get(old)) is not None and following not in seen:
        seen.add(following)
        old = following
    return old
