"""Pages of the Stripe API as bytes, through Stripe's own SDK.

The SDK signs, versions and encodes the requests and names the errors. Its objects are not used: measured on the
sandbox's invoices, a CPU second reads 700 as SDK objects, 6,000 through `raw_request` and 36,000 when the body is only
sliced. So the SDK gets a transport that keeps the body of a good answer for us and hands it an empty object instead.

Traps of SDK 16 that this file is built around: without `max_network_retries` it retries nothing, with it never a 429,
and it ignores Retry-After (retries.py does all that); telemetry is on unless switched off; a page's bytes come through
`raw_request`, and another host through `base_addresses`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec
import requests
import stripe

from orchestration import retries
from orchestration.settings import STRIPE_HOST, Settings, UserError

PAGE_SIZE = 100  # the API's maximum
CONNECT_SECONDS, READ_SECONDS = 10.0, 80.0
MESSAGE_LIMIT = 300  # characters of a vendor's own words; a gateway may answer with a whole page

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class NotFound(UserError):
    """The API does not know the object."""


class ListPage(msgspec.Struct):
    """The envelope of a list; its objects stay bytes."""

    data: list[msgspec.Raw]
    has_more: bool


class _Identified(msgspec.Struct):
    id: str


class _Transport(stripe.RequestsClient):
    """The SDK's transport on `requests`, with the body of a good answer kept back from the SDK's parser."""

    def __init__(self, base: str) -> None:
        session = requests.Session()
        # A proxy from the environment must not come between us and a server on this machine.
        session.trust_env = urlsplit(base).hostname not in _LOOPBACK
        super().__init__(timeout=(CONNECT_SECONDS, READ_SECONDS), session=session)
        self._kept = threading.local()

    def fetch(self, sdk: stripe.StripeClient, path: str, params: Mapping[str, Any]) -> bytes:
        """GET through the SDK; the body as it came. Raises the SDK's errors."""
        self._kept.body = b""
        sdk.raw_request("get", path, **params)
        return self._kept.body

    def retry_after(self) -> float | None:
        """Seconds the last answer asked to wait. Errors lose it on the way when the body is not in Stripe's form."""
        return retries.retry_after_seconds(self._kept.headers.get("Retry-After"))

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """What the SDK calls for every request."""
        body, status, answered = super().request(method, url, headers, post_data)
        self._kept.headers = answered
        if 200 <= status < 300:
            self._kept.body, body = body, b"{}"
        return body, status, answered


class StripeClient:
    """A reader of one Stripe account. Safe to use from several threads."""

    def __init__(
        self,
        settings: Settings,
        *,
        log: Callable[[str], None],
        backoff: retries.Backoff = retries.DEFAULT,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._key, self._base = _account(settings)
        self._host = urlsplit(self._base).netloc
        self._log = log
        self._backoff = backoff
        self._sleep = sleep
        self._transport = _Transport(self._base)
        stripe.enable_telemetry = False
        self._sdk = stripe.StripeClient(self._key, base_addresses={"api": self._base}, http_client=self._transport)
        self._livemode = _expected_livemode(self._key, self._host)
        self._livemode_lock = threading.Lock()

    def pages(self, path: str, params: Mapping[str, Any] | None = None) -> Iterator[list[msgspec.Raw]]:
        """The objects of a list, page by page, newest first as the API gives them.

        Raises UserError when the API refuses, stays unreachable or pages in a circle.
        """
        query: dict[str, Any] = {**(params or {})}
        query.setdefault("limit", PAGE_SIZE)
        seen: set[str] = set()
        while True:
            page = self._get(path, query, _parse_page)
            yield page.data
            if not page.has_more:
                return
            cursor = _last_id(page.data)
            if cursor is None or cursor in seen:
                raise UserError(f"Stripe's list {path} does not end: the page after {cursor} comes again; run again")
            seen.add(cursor)
            query["starting_after"] = cursor

    def retrieve(self, path: str, params: Mapping[str, Any] | None = None) -> bytes:
        """One object as bytes."""
        return self._get(path, params or {}, _parse_object)

    def accepts(self, livemode: object) -> bool:
        """Whether an object of this `livemode` belongs to what is being read.

        On Stripe's own host the key says which mode that is; elsewhere the first object seen decides.
        """
        if not isinstance(livemode, bool):
            return True
        with self._livemode_lock:
            if self._livemode is None:
                self._livemode = livemode
            return livemode is self._livemode

    def _get(self, path: str, params: Mapping[str, Any], parse: Callable[[bytes], Any]) -> Any:
        def attempt() -> Any:
            try:
                body = self._transport.fetch(self._sdk, path, params)
            except stripe.StripeError as error:
                raise self._explained(error, path) from None
            try:
                return parse(body)
            except ValueError as error:
                raise retries.Transient(f"an answer that cannot be read ({error})") from None

        return retries.call(
            attempt,
            what=f"Stripe {path}",
            give_up=f"check that {self._host} can be reached and is the right address, then run again",
            backoff=self._backoff,
            log=self._log,
            sleep=self._sleep,
        )

    def _explained(self, error: stripe.StripeError, path: str) -> Exception:
        """What an SDK error means for us: try again (Transient) or tell the user (UserError)."""
        if isinstance(error, stripe.APIConnectionError):
            # The SDK's own `should_retry` is no help: it is false for an answer that breaks off in the middle.
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                return UserError(
                    f"Stripe {path}: the certificate of {self._host} is not accepted; "
                    "check STRIPE_API_BASE and the network"
                )
            return retries.Transient(f"no connection to {self._host} ({_network_reason(error)})")
        status = error.http_status or 0
        if status in (409, 429) or status >= 500:
            return retries.Transient(f"{self._host} answered {status}", self._transport.retry_after())
        if status == 401:
            return UserError(
                f"Stripe refused the key ({self._host} answered 401); "
                "put a valid restricted key into STRIPE_API_KEY in .env"
            )
        message = str(error.user_message or "no reason given").replace(self._key, "***")[:MESSAGE_LIMIT]
        if status == 403:
            return UserError(
                f"STRIPE_API_KEY may not read {path} ({self._host} answered 403: {message}); "
                "give the restricted key read access to it in the Stripe dashboard"
            )
        kind = NotFound if status == 404 else UserError
        return kind(f"Stripe {path}: {self._host} answered {status}: {message}")


def check_access(settings: Settings) -> None:
    """One cheap call. Raises UserError with one clear line if the key or the host is of no use."""
    client = StripeClient(settings, log=lambda _: None, backoff=retries.IMPATIENT)
    client.retrieve("/v1/customers", {"limit": 1})


def _account(settings: Settings) -> tuple[str, str]:
    """Key and base address to use."""
    if settings.stripe_api_key is None:
        raise UserError("STRIPE_API_KEY is not set; put it into .env, or use `make run`, which brings a sandbox along")
    return settings.stripe_api_key.get_secret_value(), settings.stripe_api_base or f"https://{STRIPE_HOST}"


def _expected_livemode(key: str, host: str) -> bool | None:
    if host != STRIPE_HOST:
        return None
    if "_live_" in key:
        return True
    return False if "_test_" in key else None


def _parse_page(body: bytes) -> ListPage:
    page = _page_decoder.decode(body)
    if page.has_more and not page.data:
        raise ValueError("a page with nothing on it that says there is more")
    return page


def _parse_object(body: bytes) -> bytes:
    msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    return body


def _last_id(objects: list[msgspec.Raw]) -> str | None:
    """The id to page on from: of the last object that has one."""
    for raw in reversed(objects):
        try:
            return _id_decoder.decode(raw).id
        except ValueError:
            continue
    return None


_page_decoder = msgspec.json.Decoder(ListPage)
_id_decoder = msgspec.json.Decoder(_Identified)


def _network_reason(error: Exception) -> str:
    """A few words from the depths of a connection error: the SDK's own text runs over several lines."""
    cause = error.__cause__ or error
    name = type(cause).__name__
    return {
        "ConnectTimeout": "timed out",
        "ReadTimeout": "timed out",
        "ConnectionError": "refused or unknown host",
    }.get(name, name)
