"""How the Stripe SDK is set up: address, key, and a transport that keeps the bodies of answers.

The SDK's objects are not used: measured on the sandbox's invoices, a CPU second reads 700 as SDK objects, 6,000 through
`raw_request` and 36,000 when the body is only sliced. So the SDK gets a transport that keeps the body of a good answer
for us and hands it an empty object instead.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
import stripe
from urllib3.exceptions import HTTPError

from orchestration import retries
from orchestration.limits import LOOPBACK
from orchestration.settings import STRIPE_HOST, Settings, UserError

CONNECT_SECONDS, READ_SECONDS = 10.0, 80.0


def account(settings: Settings) -> tuple[str, str]:
    """Key and base address to use."""
    if settings.stripe_api_key is None:
        raise UserError("STRIPE_API_KEY is not set; put it into .env, or use `make run`, which brings a sandbox along")
    return settings.stripe_api_key.get_secret_value(), settings.stripe_api_base or f"https://{STRIPE_HOST}"


class Transport(stripe.RequestsClient):
    """The SDK's transport on `requests`, with the body of a good answer kept back from the SDK's parser."""

    def __init__(self, base: str) -> None:
        session = requests.Session()
        # A proxy from the environment must not come between us and a server on this machine.
        session.trust_env = urlsplit(base).hostname not in LOOPBACK
        super().__init__(timeout=(CONNECT_SECONDS, READ_SECONDS), session=session)
        self._kept = threading.local()

    def fetch(self, sdk: stripe.StripeClient, path: str, params: Mapping[str, Any]) -> bytes:
        """GET through the SDK; the body as it came. Raises the SDK's errors."""
        self._kept.body = b""
        sdk.raw_request("get", path, **params)
        return self._kept.body

    def server_time(self) -> int:
        """Epoch seconds of the server's clock at this thread's last answer; of our own if it did not say."""
        try:
            return int(parsedate_to_datetime(self._kept.headers["Date"]).timestamp())
        except (AttributeError, KeyError, TypeError, ValueError):
            return int(time.time())

    def retry_after(self) -> float | None:
        """Seconds the last answer asked to wait. Errors lose it on the way when the body is not in Stripe's form."""
        return retries.retry_after_seconds(self._kept.headers.get("Retry-After"))

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """What the SDK calls for every request."""
        answer, status, answered = self.request_stream(method, url, headers, post_data)
        self._kept.headers = answered
        try:
            # At one go: `requests` reads in pieces of 10 KB, and at each of them the threads fight for their turn.
            body = answer.read(decode_content=True)
        except HTTPError as error:
            raise stripe.APIConnectionError(f"the answer broke off ({error})") from error
        if 200 <= status < 300:
            self._kept.body, body = body, b"{}"
        return body, status, answered


def network_reason(error: Exception) -> str:
    """A few words from the depths of a connection error: the SDK's own text runs over several lines."""
    cause = error.__cause__ or error
    name = type(cause).__name__
    return {
        "ConnectTimeout": "timed out",
        "ReadTimeout": "timed out",
        "ReadTimeoutError": "timed out",
        "ProtocolError": "the answer broke off",
        "ConnectionError": "refused or unknown host",
    }.get(name, name)
