"""A small file of whole objects, held in memory: owners, campaigns, forms, e-mails, events."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from sandbox.hubspot_api.values import id_order
from sandbox.ndjson import NdjsonFile

_object_decoder = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)


class Shelf:
    """Objects by id, ascending. Where an id occurs twice the later line wins; a missing file is an empty shelf."""

    def __init__(self, path: Path) -> None:
        self._objects: dict[str, dict[str, Any]] = {}
        for _, _, row in NdjsonFile(path).rows(_object_decoder):
            self._objects[row["id"]] = row
        self._sort()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self._objects.values())

    def find(self, object_id: str) -> dict[str, Any] | None:
        """The object of an id; None if there is none."""
        return self._objects.get(object_id)

    def put(self, found: dict[str, Any]) -> None:
        """Add an object or replace the one that is there."""
        is_new = found["id"] not in self._objects
        self._objects[found["id"]] = found
        if is_new:
            self._sort()

    def next_id(self) -> str:
        """A number that no object has."""
        return str(1 + max((int(name) for name in self._objects if name.isdecimal()), default=0))

    def page(self, matching: list[dict[str, Any]], after: str | None, limit: int) -> tuple[list[Any], str | None]:
        """Of some of the objects those on a page, and where the next one begins."""
        rest = [each for each in matching if after is None or id_order(each["id"]) > id_order(after)]
        return rest[:limit], rest[limit - 1]["id"] if len(rest) > limit else None

    def _sort(self) -> None:
        self._objects = {name: self._objects[name] for name in sorted(self._objects, key=id_order)}
