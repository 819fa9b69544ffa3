"""The HubSpot API as an ASGI app, to be mounted at the root."""

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.hubspot_api.account import Account
from sandbox.hubspot_api.endpoints import Endpoints
from sandbox.hubspot_api.errors import HubSpotError, not_authenticated, not_found
from sandbox.hubspot_api.marketing import Marketing
from sandbox.hubspot_api.paths import ANALYTICS, PATHS
from sandbox.hubspot_api.tokens import TOKEN_INFO, Tokens
from sandbox.ndjson import DataError, encode

REFUSED_TOKEN = "wrong"


def hubspot_app(account: Account) -> Starlette:
    """Serve an account."""
    api, marketing, tokens = Endpoints(account), Marketing(account), Tokens(account)
    routes = [Route(ANALYTICS, marketing.sources), Route(TOKEN_INFO, tokens.token_info, methods=["POST"])]
    for paths in PATHS.values():
        objects, owners, pipelines = paths["objects"], paths["owners"], paths["pipelines"]
        properties, associations = paths["properties"], paths["associations"]
        emails, campaigns, forms, events = (paths[name] for name in ("emails", "campaigns", "forms", "events"))
        routes += [
            Route(objects, api.objects),
            Route(f"{objects}/search", api.search, methods=["POST"]),
            Route(f"{objects}/batch/read", api.batch_read, methods=["POST"]),
            Route(f"{objects}/{{id}}", api.object),
            Route(paths["account"], api.account),
            Route(owners, api.owners),
            Route(f"{owners}/", api.owners),
            Route(f"{owners}/{{id}}", api.owner),
            Route(pipelines, api.pipelines),
            Route(f"{pipelines}/{{id}}", api.pipeline),
            Route(f"{pipelines}/{{id}}/stages", api.pipeline_stages),
            Route(properties, api.properties),
            Route(f"{properties}/{{name}}", api.property),
            Route(f"{associations}/batch/read", api.associations, methods=["POST"]),
            Route(emails, marketing.emails),
            Route(f"{emails}/", marketing.emails),
            Route(f"{emails}/{{id}}", marketing.email),
            Route(campaigns, marketing.campaigns),
            Route(f"{campaigns}/", marketing.campaigns),
            Route(f"{campaigns}/{{id}}", marketing.campaign),
            Route(f"{campaigns}/{{id}}/budget/totals", marketing.budget),
            Route(forms, marketing.forms),
            Route(f"{forms}/", marketing.forms),
            Route(f"{forms}/{{id}}", marketing.form),
            Route(events, marketing.events),
            Route(f"{events}/", marketing.events),
            Route(f"{events}/event-types", marketing.event_types),
        ]
    return Starlette(
        routes=routes,
        middleware=[Middleware(_Gate)],
        exception_handlers={HubSpotError: _refused, DataError: _failed, 404: _unknown, 405: _wrong_method},
    )


class _Gate:
    """Lets in who has a token."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and token.strip() not in ("", REFUSED_TOKEN):
            await self._app(scope, receive, send)
        else:
            await _error_response(not_authenticated())(scope, receive, send)


def _error_response(error: HubSpotError) -> Response:
    body = error.body()
    return Response(
        encode(body),
        error.status,
        headers={"X-HubSpot-Correlation-Id": body["correlationId"]},
        media_type="application/json",
    )


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HubSpotError)
    return _error_response(error)


async def _failed(_request: Request, error: Exception) -> Response:
    return _error_response(HubSpotError(500, str(error), "INTERNAL_ERROR"))


async def _unknown(_request: Request, _error: Exception) -> Response:
    return _error_response(not_found())


async def _wrong_method(request: Request, _error: Exception) -> Response:
    return _error_response(HubSpotError(405, f"{request.method} is not allowed here", "METHOD_NOT_ALLOWED"))
