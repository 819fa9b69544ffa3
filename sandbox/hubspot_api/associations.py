"""Associations between CRM objects, readable from both sides."""

from pathlib import Path
from typing import Any

import msgspec

from sandbox.hubspot_api.errors import invalid
from sandbox.hubspot_api.objects import OBJECT_TYPES, ObjectType
from sandbox.hubspot_api.values import id_order
from sandbox.ndjson import DataError, NdjsonFile

MAX_INPUTS = 1000
PAGE = 500

# Type ids of HubSpot's own associations, seen from one side and from the other; an account's own labels keep theirs.
# Source: https://developers.hubspot.com/docs/guides/api/crm/associations/associations-v4
_OTHER_SIDE = {1: 2, 279: 280, 3: 4, 5: 6, 341: 342, 19: 20, 200: 199, 212: 211}
_OTHER_SIDE |= {theirs: ours for ours, theirs in _OTHER_SIDE.items()}
_UNLABELED = frozenset({279, 280, 341, 342})


class AssociationType(msgspec.Struct, rename="camel", frozen=True):
    """A kind of association; one without a label has None."""

    category: str
    type_id: int
    label: str | None = None


class _Line(msgspec.Struct):
    source: str = msgspec.field(name="from")
    target: str = msgspec.field(name="to")
    types: tuple[AssociationType, ...] = ()


class BatchInput(msgspec.Struct):
    """One object of a batch, and where to go on in its links."""

    id: str
    after: str | None = None


class BatchRequest(msgspec.Struct):
    """The body of a batch read."""

    inputs: list[BatchInput]


_line_decoder = msgspec.json.Decoder(_Line)

# Of each object its links: the other object's id and how the two are associated.
Links = dict[str, dict[str, tuple[AssociationType, ...]]]


class Associations:
    """All `associations_<from>_<to>.ndjson` of a folder."""

    def __init__(self, folder: Path) -> None:
        self._links: dict[tuple[str, str], Links] = {}
        for path in sorted(folder.glob("associations_*_*.ndjson")):
            source, target = _sides(path)
            for _, _, line in NdjsonFile(path).rows(_line_decoder):
                self.link(source, line.source, target, line.target, line.types)

    def link(self, source: str, one: str, target: str, other: str, types: tuple[AssociationType, ...]) -> None:
        """Associate two objects, named by the plurals of their types and their ids; replaces what links them."""
        self._links.setdefault((source, target), {}).setdefault(one, {})[other] = types
        mirrored = tuple(map(_seen_from_other_side, types))
        self._links.setdefault((target, source), {}).setdefault(other, {})[one] = mirrored

    def unlink(self, source: str, one: str, target: str, other: str) -> None:
        """Take the association of two objects away."""
        self._links.get((source, target), {}).get(one, {}).pop(other, None)
        self._links.get((target, source), {}).get(other, {}).pop(one, None)

    def move(self, source: str, old: str, new: str) -> None:
        """Give the associations of one object to another of its type."""
        for near, far in list(self._links):
            if near == source:
                for other, types in list(self._links[near, far].get(old, {}).items()):
                    self.unlink(source, old, far, other)
                    self.link(source, new, far, other, types)

    def of(
        self, source: ObjectType, record_id: str, target: ObjectType
    ) -> list[tuple[str, tuple[AssociationType, ...]]]:
        """The links of one object to another type, ascending by the other object's id."""
        links = self._links.get((source.plural, target.plural), {}).get(record_id, {})
        return sorted(links.items(), key=lambda link: id_order(link[0]))

    def inline(self, source: ObjectType, record_id: str, target: ObjectType) -> dict[str, Any] | None:
        """The `associations` of an object page: ids and the old type names, None where there are none."""
        results = [
            {"id": other, "type": f"{source.singular}_to_{target.singular}{_suffix(kind)}"}
            for other, kinds in self.of(source, record_id, target)
            for kind in kinds
        ]
        return {"results": results} if results else None

    def batch(
        self, source: ObjectType, target: ObjectType, request: BatchRequest
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """The results and the errors of a batch read; an object without links is an error, as in HubSpot."""
        if len(request.inputs) > MAX_INPUTS:
            raise invalid(f"Too many inputs: at most {MAX_INPUTS} objects can be read at once")
        results, errors = [], []
        for item in request.inputs:
            links = self.of(source, item.id, target)
            if not links:
                errors.append(_no_links(source, target, item.id))
                continue
            if item.after is not None:
                links = [link for link in links if id_order(link[0]) > id_order(item.after)]
            result: dict[str, Any] = {"from": {"id": item.id}, "to": [_linked(link) for link in links[:PAGE]]}
            if len(links) > PAGE:
                result["paging"] = {"next": {"after": links[PAGE - 1][0]}}
            results.append(result)
        return results, errors


def _sides(path: Path) -> tuple[str, str]:
    """The two object types that a file's name joins; names of types have underscores in them too."""
    stem = path.stem.removeprefix("associations_")
    for source in OBJECT_TYPES:
        if stem.startswith(f"{source}_") and (target := stem.removeprefix(f"{source}_")) in OBJECT_TYPES:
            return source, target
    raise DataError(f"{path}: its name does not join two object types")


def _linked(link: tuple[str, tuple[AssociationType, ...]]) -> dict[str, Any]:
    other, kinds = link
    return {"toObjectId": int(other) if other.isdecimal() else other, "associationTypes": kinds}


def _no_links(source: ObjectType, target: ObjectType, record_id: str) -> dict[str, Any]:
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"No {target.singular} is associated with {source.singular} {record_id}.",
        "context": {
            "fromObjectId": [record_id],
            "fromObjectType": [source.singular],
            "toObjectType": [target.singular],
        },
    }


def _seen_from_other_side(kind: AssociationType) -> AssociationType:
    return AssociationType(kind.category, _OTHER_SIDE.get(kind.type_id, kind.type_id), kind.label)


def _suffix(kind: AssociationType) -> str:
    return "_unlabeled" if kind.type_id in _UNLABELED else ""
