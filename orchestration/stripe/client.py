"""Pages of the Stripe API as bytes, through Stripe's own SDK, and what its errors mean.

The SDK signs, versions and encodes the requests and names the errors; transport.py keeps the bodies from its parser.

Traps of SDK 16 that this file is built around: without `max_network_retries` it retries nothing, with it never a 429,
and it ignores Retry-After (retries.py does all that); telemetry is on unless switched off; a page's bytes come through
`raw_request`, and another host through `base_addresses`.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec
import stripe

from orchestration import retries
from orchestration.limits import limiter_for
from orchestration.settings import STRIPE_HOST, Settings, UserError
from orchestration.stripe.pages import PageChecks
from orchestration.stripe.transport import Transport, account, network_reason

PAGE_SIZE = 100  # the API's maximum
MESSAGE_LIMIT = 300  # characters of a vendor's own words; a gateway may answer with a whole page


class NotFound(UserError):
    """The API does not know the object, or the list."""


class Forbidden(UserError):
    """The key may not read this, or the account's plan does not have it. `account` is the id that the refusal names."""

    account: str | None = None


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
        self._key, self._base = account(settings)
        self._host = urlsplit(self._base).netloc
        self._log = log
        self._backoff = backoff
        self._sleep = sleep
        self._limiter = limiter_for(
            settings.stripe_max_rps, explicit="stripe_max_rps" in settings.model_fields_set, base=self._base
        )
        self._transport = Transport(self._base)
        stripe.enable_telemetry = False
        self._sdk = stripe.StripeClient(self._key, base_addresses={"api": self._base}, http_client=self._transport)
        self._livemode = _expected_livemode(self._key, self._host)
        self._livemode_lock = threading.Lock()

    def pages(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        newest_first: bool = False,
        begins: Sequence[str] = (),
    ) -> Iterator[list[msgspec.Raw]]:
        """The objects of a list, page by page, as the API gives them.

        `newest_first` or `begins` say in what order (see PageChecks); with `begins`, pages repeat objects. Raises
        UserError when the API refuses, stays unreachable or pages in a circle.
        """
        query: dict[str, Any] = {"limit": PAGE_SIZE, **(params or {})}
        checked = PageChecks(newest_first=newest_first, begins=begins)
        while True:
            page = self._get(path, query, checked.parse)
            yield page.data
            if not page.has_more:
                return
            query["starting_after"] = checked.follow(page)

    def retrieve(self, path: str, identifier: str, params: Mapping[str, Any] | None = None) -> bytes:
        """One object of the list at `path`, as bytes. Raises NotFound if there is none."""
        return self._get(f"{path}/{quote(identifier, safe='')}", params or {}, partial(_parse_object, identifier))

    def account_id(self) -> str | None:
        """The id of the account that the key is of; None where Stripe does not say.

        Few restricted keys may read their account, but the refusal names it ("... on account 'acct_1'").
        """
        try:
            return self._get("/v1/account", {}, lambda body: msgspec.json.decode(body, type=_Identified).id)
        except Forbidden as refusal:
            return refusal.account
        except NotFound:
            return None

    def server_time(self) -> int:
        """Epoch seconds by Stripe's clock, as of this thread's last request."""
        return self._transport.server_time()

    @property
    def account(self) -> str:
        """What tells this account from others in a fingerprint; says nothing of the key itself."""
        return hashlib.sha256(f"{urlsplit(self._base).hostname} {self._key}".encode()).hexdigest()[:16]

    def accepts(self, livemode: object) -> bool:
        """Whether an object of this `livemode` belongs to what is being read.

        On Stripe's own host the key says which mode that is; elsewhere the first object seen decides.
        """
        if not isinstance(livemode, bool):
            return True
        if self._livemode is None:
            with self._livemode_lock:
                if self._livemode is None:
                    self._livemode = livemode
        return livemode is self._livemode

    def _get(self, path: str, params: Mapping[str, Any], parse: Callable[[bytes], Any]) -> Any:
        def attempt() -> Any:
            self._limiter.wait(self._sleep)
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
            return retries.Transient(f"no connection to {self._host} ({network_reason(error)})")
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
            refusal = Forbidden(
                f"STRIPE_API_KEY may not read {path} ({self._host} answered 403: {message}); "
                "give the restricted key read access to it in the Stripe dashboard"
            )
            refusal.account = _account_in(str(error.user_message or ""))
            return refusal
        kind = NotFound if status == 404 or error.code == "resource_missing" else UserError
        return kind(f"Stripe {path}: {self._host} answered {status}: {message}")


def key_warning(settings: Settings) -> str | None:
    """One line about a key that is of the wrong kind though it works; None if there is nothing to say."""
    key = settings.stripe_api_key.get_secret_value() if settings.stripe_api_key else ""
    restricted = "Stripe dashboard > Developers > API keys > Create restricted key, read access only"
    if key.startswith("sk_"):
        return f"STRIPE_API_KEY is a secret key, which can also write and refund; use a restricted one ({restricted})"
    if key.startswith("rk_test_") and account(settings)[1] == f"https://{STRIPE_HOST}":
        return f"STRIPE_API_KEY is a test-mode key, so no real customer is read; make one in live mode ({restricted})"
    return None


def check_access(settings: Settings) -> None:
    """One cheap call. Raises UserError with one clear line if the key or the host is of no use."""
    client = StripeClient(settings, log=lambda _: None, backoff=retries.IMPATIENT)
    next(client.pages("/v1/customers", {"limit": 1}))


def _expected_livemode(key: str, host: str) -> bool | None:
    if host != STRIPE_HOST:
        return None
    if "_live_" in key:
        return True
    return False if "_test_" in key else None


def _account_in(refusal: str) -> str | None:
    """The id that Stripe's refusal names."""
    found = re.search(r"on account '(acct_\w+)'", refusal)
    return found.group(1) if found else None


def _parse_object(identifier: str, body: bytes) -> bytes:
    if msgspec.json.decode(body, type=_Identified).id != identifier:
        raise ValueError("another object than was asked for")
    return body


class _Identified(msgspec.Struct):
    id: str
