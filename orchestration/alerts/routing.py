"""Who hears what, and when: the channels of REVFUNNEL_ALERT_URLS and REVFUNNEL_ALERT_CONFIG.

A channel is one Apprise URL. Those of the variable get everything. Those of the configuration file (Apprise's own YAML
or text format) may carry tags: `error` for errors only, a team (`finance`, `revops`, `data`) for what it owns, `digest`
for the weekly digest, `always` for a channel that knows no quiet hours.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from orchestration.alerts.conditions import Level
from orchestration.alerts.news import News
from orchestration.settings import Settings, UserError

if TYPE_CHECKING:
    from pathlib import Path

    from apprise import NotifyBase

DIGEST, ALWAYS, ERROR, WARN = "digest", "always", "error", "warn"
NOT_TEAMS = frozenset({DIGEST, ALWAYS, ERROR, WARN})  # `warn` is what a channel without `error` is


@dataclass(frozen=True, slots=True)
class Channel:
    """Somewhere to send to. `id` stays the same as long as URL and tags do and tells nothing of it; `name` neither."""

    id: str
    name: str
    tags: frozenset[str]
    service: NotifyBase = field(repr=False, compare=False)

    @property
    def teams(self) -> frozenset[str]:
        """Whose news alone it gets; of all where there are none."""
        return self.tags - NOT_TEAMS

    def wants(self, news: News, *, digests_have_a_channel: bool) -> bool:
        """Whether the channel's tags let the news through; without tags everything.

        A channel for errors only is one that wakes people: it gets a digest only if it asks for it.
        """
        if news.kind == DIGEST:
            return DIGEST in self.tags or not (digests_have_a_channel or ERROR in self.tags)
        if self.tags - {ALWAYS} == {DIGEST}:
            return False
        severe_enough = ERROR not in self.tags or news.worst == Level.ERROR
        return severe_enough and (not self.teams or news.owner in self.teams)


def channels(settings: Settings) -> list[Channel]:
    """Every channel that is configured, each once: the same URL with other tags is another one.

    Raises UserError: a URL or a configuration file that Apprise cannot read; told by its place: a URL is a secret.
    """
    services = [*_of_urls(settings), *(_of_file(settings.alert_config) if settings.alert_config else [])]
    found = [_channel(number, service) for number, service in enumerate(services, 1)]
    return list({channel.id: channel for channel in reversed(found)}.values())[::-1]


def chosen(news: News, known: Sequence[Channel]) -> list[Channel]:
    """The channels that are to get the news."""
    has_digest = any(DIGEST in channel.tags for channel in known)
    return [channel for channel in known if channel.wants(news, digests_have_a_channel=has_digest)]


def is_quiet(settings: Settings, now: datetime) -> bool:
    """Whether only channels tagged `always` may be disturbed now."""
    hours = settings.alert_quiet_hours
    return hours is not None and is_within(now.astimezone(ZoneInfo(settings.timezone)).time(), *hours)


def is_within(moment: time, begin: time, end: time) -> bool:
    """Whether a time of day lies from `begin` up to `end`, over midnight where `end` is the earlier one."""
    return begin <= moment < end if begin < end else moment >= begin or moment < end


def _of_urls(settings: Settings) -> Iterator[NotifyBase]:
    import apprise

    for number, url in enumerate(settings.alert_urls, 1):
        service = apprise.Apprise.instantiate(url.get_secret_value(), suppress_exceptions=True)
        if service is None:
            raise UserError(
                f"REVFUNNEL_ALERT_URLS: number {number} is no Apprise URL (like slack://..., mailto://..., json://host/path)"
            )
        yield service


def _of_file(path: Path) -> list[NotifyBase]:
    """Apprise leaves out what it cannot read and says so in its log only; a channel that is left out is never told."""
    import apprise

    if not path.is_file():
        raise UserError(f"REVFUNNEL_ALERT_CONFIG: there is no file {path}; check the path, or remove the variable")
    config = apprise.AppriseConfig()
    with _complaints() as complaints:
        config.add(str(path))
        services = [service for service in config.services() if service is not None]
    if complaints or not services:
        problem = f"{len(complaints)} entries cannot be read" if services else "it holds no channel that can be read"
        raise UserError(
            f"REVFUNNEL_ALERT_CONFIG: {path}: {problem}; see https://appriseit.com/config/ for the format, "
            f"`apprise --dry-run --config={path.name} -vv -b test` names the entry"
        )
    return services


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """What Apprise logs as a warning or worse while the block runs."""
    found: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: found.append(record.getMessage())
    logger = logging.getLogger("apprise")
    logger.addHandler(handler)
    try:
        yield found
    finally:
        logger.removeHandler(handler)


def _channel(number: int, service: NotifyBase) -> Channel:
    tags = frozenset(str(tag).lower() for tag in service.tags)
    address = "\n".join([str(service.url(privacy=False)), *sorted(tags)])
    return Channel(
        id=hashlib.sha256(address.encode()).hexdigest()[:16],
        name=f"{service.service_name} (channel {number})",
        tags=tags,
        service=service,
    )
