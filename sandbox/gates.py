"""What every request passes before an API answers: the count of requests, the clock's date, what is forbidden."""

import re
import uuid
from email.utils import format_datetime

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.faults.refusals import is_stripe
from sandbox.hubspot_api.objects import OBJECT_TYPES
from sandbox.ndjson import encode
from sandbox.state import Sandbox
from sandbox.stripe_api.catalog import RESOURCES

_ID = re.compile(r"/(?:\d+|[a-z]+_[A-Za-z0-9_]*|[0-9a-f]{8}-[0-9a-f-]{27})(?=/|$)")
# Ends of Stripe's and HubSpot's own paths that look like ids.
_NAMES = frozenset({*RESOURCES, *OBJECT_TYPES, "event_summaries", "marketing_emails", "subscription_items"})
# https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/scopes
_SCOPES = {
    "account-info": "oauth",
    "owners": "crm.objects.owners.read",
    "campaigns": "marketing.campaigns.read",
    "emails": "marketing-email",
    "forms": "forms",
    "events": "business-intelligence",
    "analytics": "business-intelligence",
}
_STRIPE_MISSING = (
    "The provided key does not have the required permissions for this endpoint on account '{account}'. "
    "Having the '{scope}' permission would allow this request to continue."
)
_HUBSPOT_MISSING = (
    "This app hasn't been granted all required scopes to make this call. "
    "Read more about required scopes here: https://developers.hubspot.com/scopes."
)


class Gates:
    """Counts, dates and refuses requests."""

    def __init__(self, app: ASGIApp, sandbox: Sandbox) -> None:
        self._app = app
        self._sandbox = sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_date(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Date"] = format_datetime(self._sandbox.clock.now(), usegmt=True)
            await send(message)

        path = scope["path"]
        self._sandbox.requests[f"{scope['method']} {_ID.sub(_without_id, path)}"] += 1
        is_forbidden = any(path.startswith(prefix) for prefix in self._sandbox.forbidden)
        answer = forbidden(path, self._sandbox.stripe.id) if is_forbidden else self._app
        await answer(scope, receive, send_with_date)


def forbidden(path: str, account: str) -> Response:
    """403 in the vendor's words; `account` is Stripe's."""
    if is_stripe(path):
        resource = path.removeprefix("/v1/").split("/")[0]
        message = _STRIPE_MISSING.format(account=account, scope=f"rak_{resource.removesuffix('s')}_read")
        body = {"error": {"message": message, "type": "invalid_request_error"}}
    else:
        scopes = {"requiredGranularScopes": [_hubspot_scope(path)]}
        body = {
            "status": "error",
            "message": _HUBSPOT_MISSING,
            "correlationId": str(uuid.uuid4()),
            "errors": [{"message": "One or more of the following scopes are required.", "context": scopes}],
            "links": {"scopes": "https://developers.hubspot.com/scopes"},
            "category": "MISSING_SCOPES",
        }
    return Response(encode(body), 403, media_type="application/json")


def _hubspot_scope(path: str) -> str:
    """The scope that a path needs."""
    parts = path.strip("/").split("/")
    named = next((name for name in parts if name in OBJECT_TYPES), None)
    if named is not None and parts[0] == "crm":
        return f"crm.objects.{named}.read"
    return next((scope for name, scope in _SCOPES.items() if name in parts), "crm.objects.contacts.read")


def _without_id(part: re.Match[str]) -> str:
    return part.group() if part.group()[1:] in _NAMES else "/{id}"
