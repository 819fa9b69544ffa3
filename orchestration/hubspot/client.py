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
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import msgspec
from hubspot.crm.contacts import ApiException
from urllib3.exceptions import HTTPError

from orchestration import retries
from orchestration.hubspot.answers import ResultsPage, parse_options, parse_page, parse_scopes
from orchestration.hubspot.paths import PATHS
from orchestration.hubspot.transport import account, envelope, missing_scopes, network_reason, new_api
from orchestration.limits import limiter_for
from orchestration.settings import Settings, UserError

CONNECT_SECONDS, READ_SECONDS = 10.0, 60.0
MESSAGE_LIMIT = 300  # characters of a vendor's own words; a gateway may answer with a whole page
SEARCH_MAX_RPS = 4.0  # HubSpot allows 5 searches a second and account, and others search too
# A page that comes again with the same cursor inside is asked for again; a list that only ever does that has no end.
SAME_PAGE_LIMIT = 3

Answer = TypeVar("Answer")


class NotFound(UserError):
    """The API does not know the object."""


class Refused(UserError):
    """The token's scopes or the account's plan do not include what was asked for."""


class Misunderstood(UserError):
    """What was asked for does not exist: HubSpot answers 400 for an object type that an account does not have."""


class DailyLimitReached(retries.NotToday):
    """The account's calls of this day are used up."""


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
        self._token, self._base = account(settings)
        self._host = urlsplit(self._base).netloc
        self._log = log
        self._backoff = backoff
        self._sleep = sleep
        self._api = new_api(self._token, self._base)
        self._paths = PATHS[settings.hubspot_api_version]
        explicit = "hubspot_max_rps" in settings.model_fields_set
        self._limiter = limiter_for(settings.hubspot_max_rps, explicit=explicit, base=self._base)
        search_rps = min(settings.hubspot_max_rps, SEARCH_MAX_RPS)
        self._search_limiter = limiter_for(search_rps, explicit=explicit, base=self._base)
        self._ahead: timedelta | None = None

    def now(self) -> datetime:
        """The time by HubSpot's clock, which is the one that dates changes; known after the first answer."""
        return datetime.now(UTC) + (self._ahead or timedelta())

    def get(self, path: str, parse: Callable[[bytes], Answer], query: Mapping[str, str], **names: str) -> Answer:
        """One answer, as `parse` makes it; a ValueError means to ask again.

        `path` is a name in paths.py, `names` fills its placeholders.
        """
        return self._request("GET", path, names, query=query, parse=parse)

    def post(
        self, path: str, body: Mapping[str, Any], query: Mapping[str, str] | None = None, **names: str
    ) -> ResultsPage:
        """A search or a batch read: results and the errors of single inputs."""
        return self._request("POST", path, names, query=query, body=body, parse=parse_page)

    def pages(self, path: str, params: Mapping[str, str], **names: str) -> Iterator[list[msgspec.Raw]]:
        """The objects of a list, page by page. Raises like `cursor_pages`."""
        return (page.results for page in self.cursor_pages(path, params, **names))

    def cursor_pages(self, path: str, params: Mapping[str, str], **names: str) -> Iterator[ResultsPage]:
        """The pages of a list with their cursors.

        Raises UserError when the API refuses, stays unreachable or pages in a circle.
        """
        query = dict(params)
        seen: dict[str, int] = {}
        while True:
            page = self.get(path, parse_page, query, **names)
            yield page
            after = page.after
            if after is None:
                return
            seen[after] = seen.get(after, 0) + 1
            if seen[after] > SAME_PAGE_LIMIT:
                raise UserError(f"HubSpot's list {path} does not end: the page after {after} comes again; run again")
            query["after"] = after

    def property_options(self, object_type: str, name: str) -> list[msgspec.Raw]:
        """The options of an enumerated property."""
        return self.get("property", parse_options, {}, object_type=object_type, name=name)

    def token_scopes(self) -> list[str]:
        """What the token may do, as HubSpot's scopes are called. Raises UserError where HubSpot does not say.

        Source: https://developers.hubspot.com/docs/apps/legacy-apps/private-apps/overview
        """
        return self._request("POST", "token_info", {}, body={"tokenKey": self._token}, parse=parse_scopes)

    def _request(
        self,
        method: str,
        path: str,
        names: Mapping[str, str],
        *,
        parse: Callable[[bytes], Answer],
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Answer:
        url = self._paths[path].format(**{name: quote(value, safe="") for name, value in names.items()})

        def attempt() -> Answer:
            self._limiter.wait(self._sleep)
            if path == "search":
                self._search_limiter.wait(self._sleep)
            answer = self._send(method, url, query, body)
            try:
                return parse(answer)
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
            self._note_time(response.headers)
            return data
        except ApiException as error:
            self._note_time(error.headers or {})
            raise self._explained(error, url) from None
        except HTTPError as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise self._insecure(url) from None
            raise retries.Transient(f"no connection to {self._host} ({network_reason(error)})") from None

    def _note_time(self, headers: Mapping[str, str]) -> None:
        """Learn how far HubSpot's clock is ahead of ours."""
        try:
            self._ahead = parsedate_to_datetime(headers["Date"]) - datetime.now(UTC)
        except (KeyError, ValueError, TypeError):
            return

    def _explained(self, error: Any, url: str) -> Exception:
        """What an answer other than 2xx means: try again (Transient) or tell the user (UserError)."""
        status = int(error.status or 0)
        if status == 0:
            return self._insecure(url)
        told = envelope(error.body)
        if status == 429 and told.get("policyName") == "DAILY":
            return DailyLimitReached(
                f"HubSpot's daily limit of API calls is used up ({self._host} answered 429); "
                "what has been fetched is kept, run again tomorrow"
            )
        if status in (423, 429, 477) or status >= 500:
            wait = retries.retry_after_seconds((error.headers or {}).get("Retry-After"))
            return retries.Transient(f"{self._host} answered {status}", wait)
        if status == 401:
            return UserError(
                f"HubSpot refused the token ({self._host} answered 401); "
                "put a service key (or private app token) of your account into HUBSPOT_ACCESS_TOKEN in .env"
            )
        message = str(told.get("message") or "no reason given").replace(self._token, "***")[:MESSAGE_LIMIT]
        if status in (402, 403):
            needed = f"scope {named}" if (named := missing_scopes(told)) else "scopes"
            return Refused(
                f"HUBSPOT_ACCESS_TOKEN may not read {url} ({self._host} answered {status}: {message}); "
                f"give the service key (or private app) the {needed} listed in README.md"
            )
        kind = {400: Misunderstood, 404: NotFound}.get(status, UserError)
        return kind(f"HubSpot {url}: {self._host} answered {status}: {message}")

    def _insecure(self, url: str) -> UserError:
        return UserError(
            f"HubSpot {url}: the certificate of {self._host} is not accepted; check HUBSPOT_API_BASE and the network"
        )


def check_access(settings: Settings) -> None:
    """One cheap call. Raises UserError with one clear line if the token or the host is of no use."""
    client = HubSpotClient(settings, log=lambda _: None, backoff=retries.IMPATIENT)
    next(client.pages("objects", {"limit": "1"}, object_type="contacts"))
