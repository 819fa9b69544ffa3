"""What belongs to the account rather than to a record: its details, owners, pipelines, property definitions."""

from pathlib import Path
from typing import Any

import msgspec

from sandbox.hubspot_api.errors import not_found
from sandbox.hubspot_api.objects import ObjectType, property_type
from sandbox.hubspot_api.shelf import Shelf
from sandbox.hubspot_api.store import Records
from sandbox.ndjson import NdjsonFile

_object_decoder = msgspec.json.Decoder(dict[str, Any])

_FIELD_TYPES = {
    "string": "text",
    "number": "number",
    "datetime": "date",
    "bool": "booleancheckbox",
    "enumeration": "select",
}


class AccountSettings:
    """The account's small files, held in memory."""

    def __init__(self, folder: Path) -> None:
        self.owner_shelf = Shelf(folder / "owners.ndjson")
        self._details = _load(folder / "account.ndjson")
        self._pipelines = {"deals": _load(folder / "deal_pipelines.ndjson")}
        self._lifecycle_stages = _load(folder / "lifecycle_stages.ndjson")

    def details(self) -> dict[str, Any]:
        """Number, time zone and currency of the account, as far as the folder says."""
        return {"accountType": "STANDARD"} | (self._details[-1] if self._details else {})

    def owners(
        self, *, archived: bool, email: str | None, after: str | None, limit: int
    ) -> tuple[list[Any], str | None]:
        """A page of owners, ascending by id, and where the next one begins."""
        matching = [
            owner
            for owner in self.owner_shelf
            if owner.get("archived", False) == archived
            and (email is None or (owner.get("email") or "").lower() == email.lower())
        ]
        return self.owner_shelf.page(matching, after, limit)

    def owner(self, owner_id: str, *, archived: bool) -> dict[str, Any]:
        """One owner; raises 404."""
        owner = self.owner_shelf.find(owner_id)
        if owner is None or owner.get("archived", False) != archived:
            raise not_found()
        return owner

    def pipelines(self, kind: ObjectType) -> list[dict[str, Any]]:
        """The pipelines of an object type, with their stages."""
        return self._pipelines.get(kind.plural, [])

    def pipeline(self, kind: ObjectType, pipeline_id: str) -> dict[str, Any]:
        """One pipeline; raises 404."""
        for pipeline in self.pipelines(kind):
            if pipeline["id"] == pipeline_id:
                return pipeline
        raise not_found(f"No pipeline with id {pipeline_id}")

    def properties(self, records: Records) -> list[dict[str, Any]]:
        """The definitions of a type's properties: of all that any of its objects has."""
        return [self._definition(records, name) for name in sorted(records.property_names)]

    def property(self, records: Records, name: str) -> dict[str, Any]:
        """One definition; raises 404."""
        is_standard = name == "lifecyclestage"  # every account has it, whatever its records hold
        if name not in records.property_names and not is_standard:
            raise not_found(f"No property with name {name}")
        return self._definition(records, name)

    def _definition(self, records: Records, name: str) -> dict[str, Any]:
        kind = property_type(name)
        return {
            "name": name,
            "label": name.replace("_", " ").capitalize(),
            "type": kind,
            "fieldType": "radio" if name == "lifecyclestage" else _FIELD_TYPES[kind],
            "description": "",
            "groupName": f"{records.kind.singular}information",
            "options": self._options(name),
            "displayOrder": -1,
            "calculated": False,
            "externalOptions": False,
            "hasUniqueValue": False,
            "hidden": False,
            "hubspotDefined": True,
            "formField": False,
            "archived": False,
        }

    def _options(self, name: str) -> list[dict[str, Any]]:
        return self._lifecycle_stages if name == "lifecyclestage" else []


def _load(path: Path) -> list[dict[str, Any]]:
    return [row for _, _, row in NdjsonFile(path).rows(_object_decoder)]
