"""Answers of the HubSpot API as bytes, through HubSpot's own SDK.

Traps of SDK 12 that this file is built around: another host needs both `host` and `base_url`; there is no timeout
unless one is given; every access to `client.crm.<x>.<y>_api` builds a new connection pool, so one is held on to; its
models drop fields they do not know, so the body is read unparsed (`_preload_content=False`); its paths are fixed in the
code, so requests go through its general `call_api`; its retries are those of urllib3, which are switched off (see
retries.py).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import msgspec
from hubspot import HubSpot
from hubspot.crm.contacts import ApiException
from urllib3.exceptions import HTTPError
from urllib3.util.retry import Retry

from orchestration import retries
from orchestration.hubspot.paths import V3
from orchestration.settings import HUBSPOT_HOST, Settings, UserError

CONNECT_SECONDS, READ_SECONDS = 10.0, 60.0
MESSAGE_LIMIT = 300  # characters of a vendor's own words; a gateway may answer with a whole page

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class NotFound(UserError):
    """The API does not know the object."""


class _Next(msgspec.Struct):
    after: str


class _Paging(msgspec.Struct):
    next: _Next | None = None


class ResultsPage(msgspec.Struct):
    """The envelope of a list; its objects stay bytes."""

    results: list[msgspec.Raw]
    paging: _Paging | None = None
    errors: list[msgspec.Raw] = []


class HubSpotClient:
    """A reader of one HubSpot account. Safe to use from several threads."""

    def __init__(
        self,
        settings: Settings,
        *,
        log: Callable[[str], None],
        backoff: retries.Backoff = retries.DEFAULT,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._token, self._base = _account(settings)
        self._host = urlsplit(self._base).netloc
        self._log = log
        self._backoff = backoff
        self._sleep = sleep
        self._api = _new_api(self._token, self._base)

    def pages(self, path: str, params: Mapping[str, str], **names: str) -> Iterator[list[msgspec.Raw]]:
        """The objects of a list, page by page. `path` is a name in paths.py, `names` fills its placeholders.

        Raises UserError when the API refuses, stays unreachable or pages in a circle.
        """
        query = dict(params)
        seen: set[str] = set()
        while True:
            page = self._request("GET", path, names, query=query)
            yield page.results
            # A short page may still have a next one: only the cursor tells.
            after = page.paging.next.after if page.paging and page.paging.next else None
            if after is None:
                return
            if after in seen:
                raise UserError(f"HubSpot's list {path} does not end: the page after {after} comes again; run again")
            seen.add(after)
            query["after"] = after

    def post(self, path: str, body: Mapping[str, Any], **names: str) -> ResultsPage:
        """A batch read: results and the errors of single inputs."""
        return self._request("POST", path, names, body=body)

    def property_options(self, object_type: str, name: str) -> list[msgspec.Raw]:
        """The options of an enumerated property."""
        return self._request("GET", "property", {"object_type": object_type, "name": name}, parse=_parse_options)

    def _request(
        self,
        method: str,
        path: str,
        names: Mapping[str, str],
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        parse: Callable[[bytes], Any] | None = None,
    ) -> Any:
        url = V3[path].format(**names)
        read = parse or _page_decoder.decode

        def attempt() -> Any:
            answer = self._send(method, url, query, body)
            try:
                return read(answer)
            except ValueError as error:
                raise retries.Transient(f"an answer that cannot be read ({error})") from None

        return retries.call(
            attempt,
            what=f"HubSpot {url}",
            give_up=f"check that {self._host} can be reached and is the right address, then run again",
            backoff=self._backoff,
            log=self._log,
            sleep=self._sleep,
        )

    def _send(self, method: str, url: str, query: Mapping[str, str] | None, body: Mapping[str, Any] | None) -> bytes:
        try:
            response = self._api.call_api(
                url,
                method,
                query_params=list((query or {}).items()),
                header_params={"Accept": "application/json"},
                body=body,
                auth_settings=["oauth2"],
                _preload_content=False,
                _request_timeout=(CONNECT_SECONDS, READ_SECONDS),
            )
            data = response.data
            response.release_conn()
            return data
        except ApiException as error:
            raise self._explained(error, url) from None
        except HTTPError as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise self._insecure(url) from None
            raise retries.Transient(f"no connection to {self._host} ({_network_reason(error)})") from None

    def _explained(self, error: Any, url: str) -> Exception:
        """What an answer other than 2xx means: try again (Transient) or tell the user (UserError)."""
        status = int(error.status or 0)
        if status == 0:
            return self._insecure(url)
        envelope = _envelope(error.body)
        if status == 429 and envelope.get("policyName") == "DAILY":
            return UserError(
                f"HubSpot's daily limit of API calls is used up ({self._host} answered 429); run again tomorrow"
            )
        if status in (423, 429, 477) or status >= 500:
            wait = retries.retry_after_seconds((error.headers or {}).get("Retry-After"))
            return retries.Transient(f"{self._host} answered {status}", wait)
        if status == 401:
            return UserError(
                f"HubSpot refused the token ({self._host} answered 401); "
                "put a service key (or private app token) of your account into HUBSPOT_ACCESS_TOKEN in .env"
            )
        message = str(envelope.get("message") or "no reason given").replace(self._token, "***")[:MESSAGE_LIMIT]
        if status == 403:
            return UserError(
                f"HUBSPOT_ACCESS_TOKEN may not read {url} ({self._host} answered 403: {message}); "
                "give the service key (or private app) the scopes listed in README.md"
            )
        kind = NotFound if status == 404 else UserError
        return kind(f"HubSpot {url}: {self._host} answered {status}: {message}")

    def _insecure(self, url: str) -> UserError:
        return UserError(
            f"HubSpot {url}: the certificate of {self._host} is not accepted; check HUBSPOT_API_BASE and the network"
        )


def check_access(settings: Settings) -> None:
    """One cheap call. Raises UserError with one clear line if the token or the host is of no use."""
    client = HubSpotClient(settings, log=lambda _: None, backoff=retries.IMPATIENT)
    next(client.pages("objects", {"limit": "1"}, object_type="contacts"))


def _account(settings: Settings) -> tuple[str, str]:
    """Token and base address to use."""
    if settings.hubspot_access_token is None:
        raise UserError(
            "HUBSPOT_ACCESS_TOKEN is not set; put it into .env, or use `make run`, which brings a sandbox along"
        )
    return settings.hubspot_access_token.get_secret_value(), settings.hubspot_api_base or f"https://{HUBSPOT_HOST}"


def _new_api(token: str, base: str) -> Any:
    """The SDK's general API client with a pool of its own."""
    # allowed_methods=None: without it, the rules below would hold for GET only and POST keep urllib3's defaults.
    no_retries = Retry(total=0, allowed_methods=None, redirect=False, raise_on_status=False)
    sdk = HubSpot(access_token=token, host=base, base_url=base, retry=no_retries, proxy=_proxy(base))
    return sdk.crm.contacts.basic_api.api_client


def _proxy(base: str) -> str | None:
    """The proxy of the environment, which the SDK does not look for; none for a server on this machine."""
    parts = urlsplit(base)
    host = parts.hostname or ""
    if host in _LOOPBACK or proxy_bypass(host):
        return None
    return getproxies().get(parts.scheme)


def _parse_options(body: bytes) -> list[msgspec.Raw]:
    return _options_decoder.decode(body).options


class _Property(msgspec.Struct):
    options: list[msgspec.Raw]


_page_decoder = msgspec.json.Decoder(ResultsPage)
_options_decoder = msgspec.json.Decoder(_Property)


def _envelope(body: Any) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(body or b"{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _network_reason(error: Exception) -> str:
    """A few words; urllib3's own text repeats host, path and object addresses."""
    cause = getattr(error, "reason", None) or error
    name = type(cause).__name__
    return {
        "ConnectTimeoutError": "timed out",
        "ReadTimeoutError": "timed out",
        "NewConnectionError": "refused",
        "NameResolutionError": "unknown host",
    }.get(name, name)
