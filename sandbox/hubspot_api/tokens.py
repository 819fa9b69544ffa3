"""What HubSpot tells about a private app's token."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox.hubspot_api.account import Account
from sandbox.hubspot_api.errors import invalid
from sandbox.ndjson import encode

TOKEN_INFO = "/oauth/v2/private-apps/get/access-token-info"
# A token that begins like this may write as well; all others only read.
WRITING_TOKENS = "pat-write"

_OBJECTS = ("companies", "contacts", "deals")


class _Asked(msgspec.Struct):
    token: str = msgspec.field(name="tokenKey")


class Tokens:
    """The endpoints, over one account."""

    def __init__(self, account: Account) -> None:
        self._portal = account.portal

    async def token_info(self, request: Request) -> Response:
        """POST /oauth/v2/private-apps/get/access-token-info"""
        try:
            asked = msgspec.json.decode(await request.body(), type=_Asked)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise invalid(str(error)) from error
        rights = ("read", "write") if asked.token.startswith(WRITING_TOKENS) else ("read",)
        scopes = ["oauth", *(f"crm.objects.{name}.{right}" for name in _OBJECTS for right in rights)]
        told: dict[str, Any] = {"userId": 1, "hubId": self._portal, "appId": 1, "scopes": scopes}
        return Response(encode(told), media_type="application/json")
