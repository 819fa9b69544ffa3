"""How the HubSpot SDK is set up: address, token, proxy; and what its errors and bodies say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import msgspec
from hubspot import HubSpot
from urllib3.util.retry import Retry

from orchestration.limits import LOOPBACK
from orchestration.settings import HUBSPOT_HOST, Settings, UserError


def account(settings: Settings) -> tuple[str, str]:
    """Token and base address to use."""
    if settings.hubspot_access_token is None:
        raise UserError(
            "HUBSPOT_ACCESS_TOKEN is not set; put it into .env, or use `make run`, which brings a sandbox along"
        )
    return settings.hubspot_access_token.get_secret_value(), settings.hubspot_api_base or f"https://{HUBSPOT_HOST}"


def new_api(token: str, base: str) -> Any:
    """The SDK's general API client with a pool of its own."""
    # allowed_methods=None: without it, the rules below would hold for GET only and POST keep urllib3's defaults.
    no_retries = Retry(total=0, allowed_methods=None, redirect=False, raise_on_status=False)
    sdk = HubSpot(access_token=token, host=base, base_url=base, retry=no_retries, proxy=_proxy(base))
    return sdk.crm.contacts.basic_api.api_client


def _proxy(base: str) -> str | None:
    """The proxy of the environment, which the SDK does not look for; none for a server on this machine."""
    parts = urlsplit(base)
    host = parts.hostname or ""
    if host in LOOPBACK or proxy_bypass(host):
        return None
    return getproxies().get(parts.scheme)


def envelope(body: Any) -> dict[str, Any]:
    """The vendor's own error object; empty if the body is none."""
    try:
        value = msgspec.json.decode(body or b"{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def missing_scopes(told: Mapping[str, Any]) -> str:
    """`crm.objects.deals.read`, or several with `or` between, where the vendor's error object names what is missing."""
    errors = told.get("errors")
    contexts = [error.get("context") for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    named = [context.get("requiredGranularScopes") for context in contexts if isinstance(context, dict)]
    return " or ".join(dict.fromkeys(str(scope) for scopes in named if isinstance(scopes, list) for scope in scopes))


def network_reason(error: Exception) -> str:
    """A few words; urllib3's own text repeats host, path and object addresses."""
    cause = getattr(error, "reason", None) or error
    name = type(cause).__name__
    return {
        "ConnectTimeoutError": "timed out",
        "ReadTimeoutError": "timed out",
        "NewConnectionError": "refused",
        "NameResolutionError": "unknown host",
    }.get(name, name)
