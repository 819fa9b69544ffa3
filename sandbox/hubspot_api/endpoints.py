"""The endpoints of the HubSpot CRM API, over one account's folder."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox.hubspot_api.associations import Associations, BatchRequest
from sandbox.hubspot_api.errors import HubSpotError, invalid, not_found
from sandbox.hubspot_api.objects import OBJECT_TYPES, ObjectType, object_type
from sandbox.hubspot_api.records import Selection, project, selection
from sandbox.hubspot_api.search import SearchRequest, search
from sandbox.hubspot_api.settings import AccountSettings
from sandbox.hubspot_api.store import Records
from sandbox.ndjson import encode

# Objects a page or a batch; with property history fewer. https://developers.hubspot.com/docs/guides/api/crm
MAX_PAGE = 100
MAX_PAGE_WITH_HISTORY = 50
MAX_OWNERS = 500

T = TypeVar("T")


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
    """One account. Raises DataError for a file that cannot be served."""

    def __init__(self, folder: Path) -> None:
        self._records = {name: Records(folder, kind) for name, kind in OBJECT_TYPES.items()}
        self._associations = Associations(folder)
        self._settings = AccountSettings(folder)

    async def objects(self, request: Request) -> Response:
        """GET objects/{type}: a page of records, ascending by id."""
        records = self._of_type(request)
        chosen = _selection(records, request)
        limit = _limit(request, 10, MAX_PAGE_WITH_HISTORY if chosen.history else MAX_PAGE)
        archived = _flag(request, "archived")
        positions = records.archived if archived else records.live
        after = request.query_params.get("after")
        start = 0 if after is None else records.after(after, archived=archived)
        page = positions[start : start + limit]
        results = [self._shown(records, position, chosen, request) for position in page]
        more = start + limit < len(positions)
        return _page(request, results, records.ids[page[-1]] if more else None)

    async def object(self, request: Request) -> Response:
        """GET objects/{type}/{id}: a record, or the one it was merged into."""
        records = self._of_type(request)
        record_id = request.path_params["id"]
        name = request.query_params.get("idProperty")
        archived = _flag(request, "archived")
        position = _find(records, record_id, name, archived=archived)
        if position is None:
            raise not_found(f"Object not found.  objectId are usually numeric: {record_id}", {"id": [record_id]})
        return _json(self._shown(records, position, _selection(records, request), request))

    async def batch_read(self, request: Request) -> Response:
        """POST objects/{type}/batch/read; ids that are not found are told in `errors`."""
        records = self._of_type(request)
        wanted = await _body(request, BatchReadRequest)
        chosen = selection(records, wanted.properties or (), wanted.properties_with_history or ())
        most = MAX_PAGE_WITH_HISTORY if chosen.history else MAX_PAGE
        if not 0 < len(wanted.inputs) <= most:
            raise invalid(f"Invalid number of inputs {len(wanted.inputs)}: between 1 and {most} can be read at once")
        archived = _flag(request, "archived")
        found: dict[int, None] = {}
        missing: list[str] = []
        for item in wanted.inputs:
            position = _find(records, item.id, wanted.id_property, archived=archived)
            if position is None:
                missing.append(item.id)
            else:
                found[position] = None
        results = [project(records.read(position), chosen) for position in found]
        return _batch(results, [_not_in_batch(records.kind, missing)] if missing else [])

    async def search(self, request: Request) -> Response:
        """POST objects/{type}/search."""
        records = self._of_type(request)
        wanted = await _body(request, SearchRequest)
        chosen = selection(records, wanted.properties or ())
        found = search(records, wanted)
        body: dict[str, Any] = {
            "total": found.total,
            "results": [project(records.read(position), chosen) for position in found.positions],
        }
        if found.next_after is not None:
            body["paging"] = {"next": {"after": str(found.next_after)}}
        return _json(body)

    async def associations(self, request: Request) -> Response:
        """POST associations/{type}/{to}/batch/read."""
        source, target = _type(request.path_params["type"]), _type(request.path_params["to"])
        return _batch(*self._associations.batch(source, target, await _body(request, BatchRequest)))

    async def owners(self, request: Request) -> Response:
        """GET owners: active or archived ones, ascending by id."""
        query = request.query_params
        results, following = self._settings.owners(
            archived=_flag(request, "archived"),
            email=query.get("email"),
            after=query.get("after"),
            limit=_limit(request, 100, MAX_OWNERS),
        )
        return _page(request, results, following)

    async def owner(self, request: Request) -> Response:
        """GET owners/{id}"""
        return _json(self._settings.owner(request.path_params["id"], archived=_flag(request, "archived")))

    async def pipelines(self, request: Request) -> Response:
        """GET pipelines/{type}"""
        return _json({"results": self._settings.pipelines(_type(request.path_params["type"]))})

    async def pipeline(self, request: Request) -> Response:
        """GET pipelines/{type}/{id}"""
        return _json(self._settings.pipeline(_type(request.path_params["type"]), request.path_params["id"]))

    async def pipeline_stages(self, request: Request) -> Response:
        """GET pipelines/{type}/{id}/stages"""
        pipeline = self._settings.pipeline(_type(request.path_params["type"]), request.path_params["id"])
        return _json({"results": pipeline["stages"]})

    async def properties(self, request: Request) -> Response:
        """GET properties/{type}"""
        return _json({"results": self._settings.properties(self._of_type(request))})

    async def property(self, request: Request) -> Response:
        """GET properties/{type}/{name}"""
        return _json(self._settings.property(self._of_type(request), request.path_params["name"]))

    def _of_type(self, request: Request) -> Records:
        return self._records[_type(request.path_params["type"]).plural]

    def _shown(self, records: Records, position: int, chosen: Selection, request: Request) -> dict[str, Any]:
        shown = project(records.read(position), chosen)
        associations = {}
        for name in _names(request, "associations"):
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
    column, wanted = records.column(id_property), value.lower()
    positions = records.archived if archived else records.live
    return next((position for position in positions if (column[position] or "").lower() == wanted), None)


def _type(name: str) -> ObjectType:
    kind = object_type(name)
    if kind is None:
        raise HubSpotError(400, f"Unable to infer object type from: {name}")
    return kind


def _names(request: Request, parameter: str) -> list[str]:
    """A list parameter, given more than once or with commas."""
    return [name for value in request.query_params.getlist(parameter) for name in value.split(",") if name]


def _selection(records: Records, request: Request) -> Selection:
    return selection(records, _names(request, "properties"), _names(request, "propertiesWithHistory"))


def _flag(request: Request, parameter: str) -> bool:
    return request.query_params.get(parameter, "false").lower() == "true"


def _limit(request: Request, default: int, most: int) -> int:
    text = request.query_params.get("limit", str(default))
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise invalid(f"Invalid limit {text}: it must be between 1 and {most}")
    return int(text)


async def _body(request: Request, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(await request.body(), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise invalid(f"Invalid input JSON: {error}") from error


def _page(request: Request, results: list[Any], following: str | None) -> Response:
    body: dict[str, Any] = {"results": results}
    if following is not None:
        link = request.url.include_query_params(after=following)
        body["paging"] = {"next": {"after": following, "link": str(link)}}
    return _json(body)


def _batch(results: list[Any], errors: list[Any]) -> Response:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    body: dict[str, Any] = {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}
    if not errors:
        return _json(body)
    body |= {"numErrors": len(errors), "errors": errors}
    return _json(body, 207)


def _not_in_batch(kind: ObjectType, missing: list[str]) -> dict[str, Any]:
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "message": f"Could not get some {kind.singular.upper()} objects, they may be deleted or not exist. "
        "Check that ids are valid.",
        "context": {"ids": missing},
    }


def _json(body: Any, status: int = 200) -> Response:
    return Response(encode(body), status, media_type="application/json")
