"""Control of the HubSpot account."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.control.requests import BulkEdit, Merge, Refused, answer, objects, typed
from sandbox.hubspot_api.associations import AssociationType
from sandbox.hubspot_api.objects import ObjectType, object_type
from sandbox.state import Sandbox

_WEB_ANALYTICS = "web_analytics_sources"


class Link(msgspec.Struct):
    """An association of two objects."""

    one: str = msgspec.field(name="from")
    other: str = msgspec.field(name="to")
    types: tuple[AssociationType, ...] = ()


class HubSpotControl:
    """Creates, changes, archives, merges and links records."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[Route]:
        """The paths below /_sandbox."""
        return [
            Route("/hubspot/associations/{type}/{to}", self.associate, methods=["PUT", "DELETE"]),
            Route(f"/hubspot/{_WEB_ANALYTICS}", self.traffic, methods=["POST"]),
            Route("/hubspot/{type}", self.upsert, methods=["POST"]),
            Route("/hubspot/{type}/merge", self.merge, methods=["POST"]),
            Route("/hubspot/{type}/bulk_edit", self.bulk_edit, methods=["POST"]),
            Route("/hubspot/{type}/{id}", self.archive, methods=["DELETE"]),
        ]

    async def upsert(self, request: Request) -> Response:
        """POST hubspot/{type}[?silent=true]"""
        name = self._name(request)
        silent = request.query_params.get("silent") == "true"
        found = await objects(request)
        return answer({"ids": [self._sandbox.hubspot_changes.upsert(name, each, silent=silent) for each in found]})

    async def archive(self, request: Request) -> Response:
        """DELETE hubspot/{type}/{id}"""
        name, record_id = self._name(request), request.path_params["id"]
        try:
            self._sandbox.hubspot_changes.archive(name, record_id)
        except KeyError as error:
            raise Refused(404, f"no {name} with id {record_id}") from error
        return answer({"ids": [record_id]})

    async def merge(self, request: Request) -> Response:
        """POST hubspot/{type}/merge"""
        kind, wanted = _type(request.path_params["type"]), await typed(request, Merge)
        try:
            survivor = self._sandbox.hubspot_changes.merge(
                kind.plural, wanted.primary, wanted.merged, new_id=wanted.new_id
            )
        except KeyError as error:
            raise Refused(404, f"no {kind.plural} with id {error.args[0]}") from error
        return answer({"id": survivor})

    async def bulk_edit(self, request: Request) -> Response:
        """POST hubspot/{type}/bulk_edit"""
        kind, wanted = _type(request.path_params["type"]), await typed(request, BulkEdit)
        edited = self._sandbox.hubspot_changes.bulk_edit(kind.plural, wanted.properties, wanted.first)
        return answer({"edited": edited})

    async def associate(self, request: Request) -> Response:
        """PUT, DELETE hubspot/associations/{type}/{to}"""
        source, target = _type(request.path_params["type"]), _type(request.path_params["to"])
        link = await typed(request, Link)
        associations = self._sandbox.hubspot.associations
        if request.method == "PUT":
            associations.link(source.plural, link.one, target.plural, link.other, link.types)
        else:
            associations.unlink(source.plural, link.one, target.plural, link.other)
        return answer({"from": link.one, "to": link.other})

    async def traffic(self, request: Request) -> Response:
        """POST hubspot/web_analytics_sources"""
        rows = await objects(request)
        for row in rows:
            if not {"date", "breakdown"} <= row.keys():
                raise Refused(400, "a row needs date and breakdown")
            self._sandbox.hubspot.web_analytics.put(row)
        return answer({"rows": len(rows)})

    def _name(self, request: Request) -> str:
        """The plural of an object type, or the name of what else is kept."""
        name = request.path_params["type"]
        return name if name in self._sandbox.hubspot.shelves else _type(name).plural


def _type(name: str) -> ObjectType:
    kind = object_type(name)
    if kind is None:
        raise Refused(404, f"no object type {name}")
    return kind
