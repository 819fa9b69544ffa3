"""Control of the Stripe account."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.control.requests import Refused, answer, objects
from sandbox.state import Sandbox
from sandbox.stripe_api.catalog import RESOURCES, Resource
from sandbox.stripe_api.meters import Usage

_USAGE = "billing_meter_event_summaries"


class StripeControl:
    """Creates, changes and deletes objects."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[Route]:
        """The paths below /_sandbox."""
        return [
            Route(f"/stripe/{_USAGE}", self.use, methods=["POST"]),
            Route("/stripe/{resource}", self.upsert, methods=["POST"]),
            Route("/stripe/{resource}/{id}", self.delete, methods=["DELETE"]),
        ]

    async def upsert(self, request: Request) -> Response:
        """POST stripe/{resource}[?events=false]"""
        resource = _resource(request)
        with_events = request.query_params.get("events", "true") != "false"
        ids: list[str] = []
        events: list[str] = []
        for fields in await objects(request):
            if not isinstance(fields.get("id"), str):
                raise Refused(400, "an object needs an id")
            try:
                events += self._sandbox.stripe_changes.upsert(resource, fields, with_events=with_events)
            except ValueError as error:
                raise Refused(400, str(error)) from error
            ids.append(fields["id"])
        return answer({"ids": ids, "events": events})

    async def delete(self, request: Request) -> Response:
        """DELETE stripe/{resource}/{id}"""
        resource, object_id = _resource(request), request.path_params["id"]
        try:
            events = self._sandbox.stripe_changes.delete(resource, object_id)
        except KeyError as error:
            raise Refused(404, f"no {resource.kind} {object_id}") from error
        except ValueError as error:
            raise Refused(400, str(error)) from error
        return answer({"ids": [object_id], "events": events})

    async def use(self, request: Request) -> Response:
        """POST stripe/billing_meter_event_summaries"""
        rows: list[Any] = await objects(request)
        try:
            self._sandbox.stripe.meter_events.add(msgspec.convert(rows, list[Usage], strict=False))
        except msgspec.ValidationError as error:
            raise Refused(400, str(error)) from error
        return answer({"rows": len(rows)})


def _resource(request: Request) -> Resource:
    name = request.path_params["resource"]
    if name not in RESOURCES:
        raise Refused(404, f"no resource {name}; there are {', '.join(RESOURCES)}")
    return RESOURCES[name]
