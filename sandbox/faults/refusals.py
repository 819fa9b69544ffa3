"""Answers that are failures: limits and errors as either vendor words them, gateways' pages, nonsense."""

import uuid
from typing import Any

from starlette.responses import Response

from sandbox.ndjson import encode

_GATEWAY = {502: "502 Bad Gateway", 503: "503 Service Temporarily Unavailable"}


def is_stripe(path: str) -> bool:
    """Whether a path is Stripe's; all others are HubSpot's."""
    return path == "/v1" or path.startswith("/v1/")


def rate_limited(path: str, retry_after: float | None) -> Response:
    """429; with a Retry-After in seconds where one is given."""
    if is_stripe(path):
        body: dict[str, Any] = {
            "error": {
                "message": "Request rate limit exceeded. Learn more about rate limits at "
                "https://stripe.com/docs/rate-limits.",
                "type": "invalid_request_error",
                "code": "rate_limit",
                "doc_url": "https://stripe.com/docs/error-codes/rate-limit",
            }
        }
    else:
        body = _hubspot_limit("SECONDLY", "You have reached your secondly limit.")
    response = _json(429, body)
    if is_stripe(path):
        response.headers["Stripe-Rate-Limited-Reason"] = "global-rate"
    if retry_after is not None:
        response.headers["Retry-After"] = f"{retry_after:g}"
    return response


def daily_limit() -> Response:
    """HubSpot's 429 for the rest of the day."""
    return _json(429, _hubspot_limit("DAILY", "You have reached your daily limit."))


def server_error(path: str) -> Response:
    """500 with the vendor's envelope."""
    if is_stripe(path):
        message = "An unknown error occurred. Contact us at https://support.stripe.com/ if it persists."
        return _json(500, {"error": {"message": message, "type": "api_error"}})
    return _json(500, {"status": "error", "message": "internal error", "correlationId": str(uuid.uuid4())})


def gateway_page(status: int) -> Response:
    """The page of something between client and vendor."""
    title = _GATEWAY[status]
    page = f"<html>\r\n<head><title>{title}</title></head>\r\n<body><center><h1>{title}</h1></center></body>\r\n</html>"
    return Response(page, status, media_type="text/html")


def web_page() -> Response:
    """A page that has nothing to do with the API, with status 200, as a captive portal sends it."""
    page = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Please sign in.</body></html>"
    return Response(page, media_type="text/html")


def wrong_shape() -> Response:
    """JSON that no endpoint answers with."""
    return _json(200, {"ok": True})


def _hubspot_limit(policy: str, message: str) -> dict[str, Any]:
    return {
        "status": "error",
        "message": message,
        "errorType": "RATE_LIMIT",
        "correlationId": str(uuid.uuid4()),
        "policyName": policy,
    }


def _json(status: int, body: dict[str, Any]) -> Response:
    return Response(encode(body), status, media_type="application/json")
