"""The Stripe API as an ASGI app, to be mounted at /v1."""

import base64
import binascii
import secrets

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.ndjson import DataError, decode, encode
from sandbox.stripe_api.account import Account
from sandbox.stripe_api.catalog import BY_PATH, RESOURCES, Resource
from sandbox.stripe_api.errors import (
    StripeError,
    missing_key,
    no_such,
    unknown_url,
    wrong_key,
)
from sandbox.stripe_api.events import API_VERSION
from sandbox.stripe_api.expand import expand_tree
from sandbox.stripe_api.listing import PAGING, list_page, page
from sandbox.stripe_api.meters import summary_query
from sandbox.stripe_api.params import Params

KEY_PREFIXES = ("sk_", "rk_")


def stripe_app(account: Account) -> Starlette:
    """Serve an account."""
    api = _Api(account)
    return Starlette(
        routes=[
            Route("/account", api.account),
            Route("/subscription_items", api.subscription_items),
            Route("/billing/{billing}", api.list),
            Route("/billing/{billing}/{id}", api.retrieve),
            Route("/billing/meters/{id}/event_summaries", api.event_summaries),
            Route("/{resource}", api.list),
            Route("/{resource}/{id}", api.retrieve),
            Route("/{resource}/{id}/{nested}", api.nested),
        ],
        middleware=[Middleware(_Gate)],
        exception_handlers={
            StripeError: _refused,
            DataError: _failed,
            404: _unknown,
            405: _unknown,
        },
    )


class _Api:
    """The endpoints, over one account."""

    def __init__(self, account: Account) -> None:
        self._account = account

    async def list(self, request: Request) -> Response:
        """GET /v1/{resource}"""
        resource = _resource(request)
        params = Params(request.url.query)
        found = list_page(self._account, resource, params)
        tree = expand_tree(params.texts("expand"), resource.kind, in_list=True)
        collection = self._account.collections[resource.name]
        items = [self._account.show(resource, tree, collection.read(rank)) for rank in found.positions]
        return _list_response(items, found.has_more, f"/v1/{resource.path}")

    async def retrieve(self, request: Request) -> Response:
        """GET /v1/{resource}/{id}; of a deleted object what is left of it."""
        resource = _resource(request)
        params = Params(request.url.query)
        params.only("expand")
        tree = expand_tree(params.texts("expand"), resource.kind, in_list=False)
        stored = self._stored(resource, request.path_params["id"])
        return _json(self._account.show(resource, tree, stored))

    async def nested(self, request: Request) -> Response:
        """GET /v1/{resource}/{id}/lines: the whole of a list that is cut where it stands inside its object."""
        resource = _resource(request)
        field = resource.nested
        if field is None or request.path_params["nested"] != field:
            raise unknown_url(request.method, request.url.path)
        params = Params(request.url.query)
        params.only(*PAGING)
        stored = self._account.older_shape.of(resource.name, self._stored(resource, request.path_params["id"]))
        return self._nested_page(stored, field, params, request.url.path)

    async def account(self, _request: Request) -> Response:
        """GET /v1/account: the account that the key is of; no more than its id."""
        return _json(encode({"id": self._account.id, "object": "account"}))

    async def subscription_items(self, request: Request) -> Response:
        """GET /v1/subscription_items?subscription=..."""
        params = Params(request.url.query)
        params.only(*PAGING, "subscription")
        subscription = params.text("subscription")
        if subscription is None:
            raise StripeError(
                400, "Missing required param: subscription.", code="parameter_missing", param="subscription"
            )
        stored = self._account.find(RESOURCES["subscriptions"], subscription)
        if stored is None:
            raise no_such("subscription", subscription, param="subscription", status=400)
        stored = self._account.older_shape.of("subscriptions", stored)
        return self._nested_page(stored, "items", params, request.url.path)

    async def event_summaries(self, request: Request) -> Response:
        """GET /v1/billing/meters/{id}/event_summaries?customer=...&start_time=...&end_time=..."""
        params = Params(request.url.query)
        params.only(*PAGING, "customer", "start_time", "end_time", "value_grouping_window")
        meter = decode(self._stored(RESOURCES["billing_meters"], request.path_params["id"]))
        summaries = self._account.meter_events.summaries(meter, summary_query(params))
        position_of = {summary["id"]: position for position, summary in enumerate(summaries)}.get
        found = page(params, "billing.meter_event_summary", position_of, range(len(summaries)))
        items = [encode(summaries[position]) for position in found.positions]
        return _list_response(items, found.has_more, request.url.path)

    def _stored(self, resource: Resource, object_id: str) -> bytes:
        stored = self._account.find(resource, object_id)
        if stored is None:
            raise no_such(resource.kind, object_id)
        return stored

    def _nested_page(self, stored: bytes, field: str, params: Params, url: str) -> Response:
        elements = decode(stored).get(field, {}).get("data", [])
        kind = elements[0]["object"] if elements else ""
        position_of = {element["id"]: position for position, element in enumerate(elements)}.get
        found = page(params, kind or "object", position_of, range(len(elements)))
        tree = expand_tree(params.texts("expand"), kind, in_list=True) if kind else {}
        shaper = self._account.shaper(kind, tree)
        items = [encode(shaper.shape(elements[position])) for position in found.positions]
        return _list_response(items, found.has_more, url)


class _Gate:
    """Lets in who has a key, and puts Stripe's headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        version = headers.get("stripe-version", API_VERSION)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                added = MutableHeaders(scope=message)
                added["Request-Id"] = f"req_{secrets.token_hex(7)}"
                added["Stripe-Version"] = version
            await send(message)

        refusal = _refusal(headers.get("authorization"))
        answer = self._app if refusal is None else _error_response(refusal)
        await answer(scope, receive, send_with_headers)


def _refusal(authorization: str | None) -> StripeError | None:
    scheme, _, credentials = (authorization or "").partition(" ")
    key = credentials.strip()
    if scheme.lower() == "basic":
        try:
            key = base64.b64decode(key, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            key = ""
    elif scheme.lower() != "bearer":
        key = ""
    if not key:
        return missing_key()
    return None if key.startswith(KEY_PREFIXES) else wrong_key(key)


def _resource(request: Request) -> Resource:
    names = request.path_params
    resource = BY_PATH.get(f"billing/{names['billing']}" if "billing" in names else names["resource"])
    if resource is None:
        raise unknown_url(request.method, request.url.path)
    return resource


def _list_response(items: list[bytes], has_more: bool, url: str) -> Response:
    return _json(
        b'{"object":"list","data":['
        + b",".join(items)
        + b'],"has_more":'
        + (b"true" if has_more else b"false")
        + b',"url":'
        + encode(url)
        + b"}"
    )


def _json(content: bytes, status: int = 200) -> Response:
    return Response(content, status, media_type="application/json")


def _error_response(error: StripeError) -> Response:
    response = _json(encode(error.body()), error.status)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="Stripe"'
    return response


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, StripeError)
    return _error_response(error)


async def _failed(_request: Request, error: Exception) -> Response:
    return _error_response(StripeError(500, str(error)))


async def _unknown(request: Request, _error: Exception) -> Response:
    return _error_response(unknown_url(request.method, request.url.path))
