"""Stripe's error envelope, with the texts and codes that the real API sends."""

from typing import Any

HELP = "See https://stripe.com/docs or we can help at https://support.stripe.com/."


class StripeError(Exception):
    """A request that Stripe refuses: HTTP status and the content of the envelope's `error`."""

    def __init__(self, status: int, message: str, *, code: str | None = None, param: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.param = param

    def body(self) -> dict[str, Any]:
        """The JSON body of the response."""
        error: dict[str, Any] = {"message": self.message, "type": "invalid_request_error"}
        if self.code:
            error["code"] = self.code
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{self.code.replace('_', '-')}"
        if self.param:
            error["param"] = self.param
        if self.status >= 500:
            error["type"] = "api_error"
        return {"error": error}


def missing_key() -> StripeError:
    """No Authorization header."""
    return StripeError(
        401,
        "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer "
        "auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for "
        "details, or we can help at https://support.stripe.com/.",
    )


def wrong_key(key: str) -> StripeError:
    """A key that no account has; shown masked, as Stripe does."""
    shown = "*" * len(key) if len(key) <= 8 else key[:4] + "*" * (len(key) - 8) + key[-4:]
    return StripeError(401, f"Invalid API Key provided: {shown}")


def unknown_url(method: str, path: str) -> StripeError:
    """No such endpoint."""
    return StripeError(404, f"Unrecognized request URL ({method}: {path}). {HELP.replace('See', 'Please see')}")


def no_such(kind: str, object_id: str, *, param: str = "id", status: int = 404) -> StripeError:
    """An id that names nothing: 404 for the object asked for, 400 where a parameter names it."""
    return StripeError(status, f"No such {kind}: '{object_id}'", code="resource_missing", param=param)


def unknown_parameters(names: list[str]) -> StripeError:
    """Parameters that the endpoint does not have."""
    plural = "s" if len(names) > 1 else ""
    return StripeError(
        400, f"Received unknown parameter{plural}: {', '.join(names)}", code="parameter_unknown", param=names[0]
    )


def invalid(param: str, message: str, code: str | None = None) -> StripeError:
    """A parameter whose value is refused."""
    return StripeError(400, message, code=code, param=param)
