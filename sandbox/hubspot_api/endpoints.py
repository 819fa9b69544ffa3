"""The endpoints of the HubSpot CRM API, over one account's folder."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox.hubspot_api import answers
from sandbox.hubspot_api.account import Account
from sandbox.hubspot_api.associations import BatchRequest
from sandbox.hubspot_api.errors import HubSpotError, invalid, not_found
from sandbox.hubspot_api.objects import ObjectType, object_type
from sandbox.hubspot_api.records import Selection, project, selection
from sandbox.hubspot_api.search import SearchRequest, search
from sandbox.hubspot_api.store import Records

# Objects a page or a batch; with property history fewer. https://developers.hubspot.com/docs/guides/api/crm
MAX_PAGE = 100
MAX_PAGE_WITH_HISTORY = 50
MAX_OWNERS = 500


class BatchReadInput(msgspec.Struct):
    """One object of a batch."""

    id: str


class BatchReadRequest(msgspec.Struct, rename="camel"):
    """The body of a batch read of objects."""

    inputs: list[BatchReadInput]
    properties: list[str] | None = None
    properties_with_history: list[str] | None = None
    id_property: str | None = None


class Endpoints:
    """One account."""

    def __init__(self, account: Account) -> None:
        self._records = account.records
        self._associations = account.associations
        self._settings = account.settings
        self._portal = account.portal

    async def objects(self, request: Request) -> Response:
        """GET objects/{type}: a page of records, ascending by id."""
        records = self._of_type(request)
        chosen = _selection(records, request)
        limit = answers.limit(request, 10, MAX_PAGE_WITH_HISTORY if chosen.history else MAX_PAGE)
        archived = answers.flag(request, "archived")
        positions = records.archived if archived else records.live
        after = request.query_params.get("after")
        start = 0 if after is None else records.after(after, archived=archived)
        page = positions[start : start + limit]
        results = [self._shown(records, position, chosen, request) for position in page]
        more = start + limit < len(positions)
        return answers.page(request, results, records.ids[page[-1]] if more else None)

    async def object(self, request: Request) -> Response:
        """GET objects/{type}/{id}: a record, or the one it was merged into."""
        records = self._of_type(request)
        record_id = request.path_params["id"]
        name = request.query_params.get("idProperty")
        archived = answers.flag(request, "archived")
        position = _find(records, record_id, name, archived=archived)
        if position is None:
            raise not_found(f"Object not found.  objectId are usually numeric: {record_id}", {"id": [record_id]})
        return answers.json(self._shown(records, position, _selection(records, request), request))

    async def batch_read(self, request: Request) -> Response:
        """POST objects/{type}/batch/read; ids that are not found are told in `errors`."""
        records = self._of_type(request)
        wanted = await answers.body(request, BatchReadRequest)
        chosen = selection(records, wanted.properties or (), wanted.properties_with_history or ())
        most = MAX_PAGE_WITH_HISTORY if chosen.history else MAX_PAGE
        if not 0 < len(wanted.inputs) <= most:
            raise invalid(f"Invalid number of inputs {len(wanted.inputs)}: between 1 and {most} can be read at once")
        archived = answers.flag(request, "archived")
        found: dict[int, None] = {}
        missing: list[str] = []
        for item in wanted.inputs:
            position = _find(records, item.id, wanted.id_property, archived=archived)
            if position is None:
                missing.append(item.id)
            else:
                found[position] = None
        results = [project(records.read(position), chosen) for position in found]
        return answers.batch(results, [_not_in_batch(records.kind, missing)] if missing else [])

    async def search(self, request: Request) -> Response:
        """POST objects/{type}/search."""
        records = self._of_type(request)
        wanted = await answers.body(request, SearchRequest)
        chosen = selection(records, wanted.properties or ())
        found = search(records, wanted)
        body: dict[str, Any] = {
            "total": found.total,
            "results": [project(records.read(position), chosen) for position in found.positions],
        }
        if found.next_after is not None:
            body["paging"] = {"next": {"after": str(found.next_after)}}
        return answers.json(body)

    async def associations(self, request: Request) -> Response:
        """POST associations/{type}/{to}/batch/read."""
        source, target = _type(request.path_params["type"]), _type(request.path_params["to"])
        return answers.batch(*self._associations.batch(source, target, await answers.body(request, BatchRequest)))

    async def account(self, _request: Request) -> Response:
        """GET account-info: number, time zone and currency of the account."""
        return answers.json({"portalId": self._portal, **self._settings.details()})

    async def owners(self, request: Request) -> Response:
        """GET owners: active or archived ones, ascending by id."""
        query = request.query_params
        results, following = self._settings.owners(
            archived=answers.flag(request, "archived"),
            email=query.get("email"),
            after=query.get("after"),
            limit=answers.limit(request, 100, MAX_OWNERS),
        )
        return answers.page(request, results, following)

    async def owner(self, request: Request) -> Response:
        """GET owners/{id}"""
        return answers.json(self._settings.owner(request.path_params["id"], archived=answers.flag(request, "archived")))

    async def pipelines(self, request: Request) -> Response:
        """GET pipelines/{type}"""
        return answers.json({"results": self._settings.pipelines(_type(request.path_params["type"]))})

    async def pipeline(self, request: Request) -> Response:
        """GET pipelines/{type}/{id}"""
        return answers.json(self._settings.pipeline(_type(request.path_params["type"]), request.path_params["id"]))

    async def pipeline_stages(self, request: Request) -> Response:
        """GET pipelines/{type}/{id}/stages"""
        pipeline = self._settings.pipeline(_type(request.path_params["type"]), request.path_params["id"])
        return answers.json({"results": pipeline["stages"]})

    async def properties(self, request: Request) -> Response:
        """GET properties/{type}"""
        return answers.json({"results": self._settings.properties(self._of_type(request))})

    async def property(self, request: Request) -> Response:
        """GET properties/{type}/{name}"""
        return answers.json(self._settings.property(self._of_type(request), request.path_params["name"]))

    def _of_type(self, request: Request) -> Records:
        return self._records[_type(request.path_params["type"]).plural]

    def _shown(self, records: Records, position: int, chosen: Selection, request: Request) -> dict[str, Any]:
        shown = project(records.read(position), chosen)
        associations = {}
        for name in answers.names(request, "associations"):
            target = _type(name)
            links = self._associations.inline(records.kind, records.ids[position], target)
            if links:
                associations[target.plural] = links
        return {**shown, "associations": associations} if associations else shown


def _find(records: Records, value: str, id_property: str | None, *, archived: bool) -> int | None:
    """A record's position by id, or by the value of a property that is unique."""
    if id_property in (None, "hs_object_id"):
        return records.find(value, archived=archived)
    if id_property not in records.property_names:
        raise invalid(f"Property '{id_property}' does not exist")
    records.index.settle()
    column, wanted = records.index.column(id_property), value.lower()
    positions = records.archived if archived else records.live
    return next((position for position in positions if (column[position] or "").lower() == wanted), None)


def _type(name: str) -> ObjectType:
    kind = object_type(name)
    if kind is None:
        raise HubSpotError(400, f"Unable to infer object type from: {name}")
    return kind


def _selection(records: Records, request: Request) -> Selection:
    return selection(records, answers.names(request, "properties"), answers.names(request, "propertiesWithHistory"))


def _not_in_batch(kind: ObjectType, missing: list[str]) -> dict[str, Any]:
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "message": f"Could not get some {kind.singular.upper()} objects, they may be deleted or not exist. "
        "Check that ids are valid.",
        "context": {"ids": missing},
    }
