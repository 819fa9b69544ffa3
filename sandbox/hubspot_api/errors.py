"""HubSpot's error envelope, with the texts and categories that the real API sends."""

import uuid
from typing import Any


class HubSpotError(Exception):
    """A request that HubSpot refuses."""

    def __init__(
        self, status: int, message: str, category: str = "VALIDATION_ERROR", context: dict[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.category = category
        self.context = context

    def body(self) -> dict[str, Any]:
        """The JSON body of the response."""
        body: dict[str, Any] = {
            "status": "error",
            "message": self.message,
            "correlationId": str(uuid.uuid4()),
            "category": self.category,
        }
        if self.context:
            body["context"] = self.context
        return body


def not_authenticated() -> HubSpotError:
    """No token, or one that no account has."""
    return HubSpotError(
        401,
        "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more "
        "details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
        "INVALID_AUTHENTICATION",
    )


def not_found(message: str = "resource not found", context: dict[str, Any] | None = None) -> HubSpotError:
    """No such path, object or definition."""
    return HubSpotError(404, message, "OBJECT_NOT_FOUND", context)


def invalid(message: str) -> HubSpotError:
    """A request that does not fit the endpoint."""
    return HubSpotError(400, message)
