"""Who hears what, and when: the channels of REVFUNNEL_ALERT_URLS and REVFUNNEL_ALERT_CONFIG.

A channel is one Apprise URL. Those of the variable get everything. Those of the configuration file (Apprise's own YAML
or text format) may carry tags: `error` or `warn` for a severity, a team (`finance`, `revops`, `data`) for what it owns,
`digest` for the weekly digest, `always` for a channel that knows no quiet hours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from orchestration.alerts.conditions import Level
from orchestration.alerts.news import News
from orchestration.settings import Settings, UserError

if TYPE_CHECKING:
    from apprise import NotifyBase

DIGEST, ALWAYS = "digest", "always"
SEVERITIES = {"error": Level.ERROR, "warn": Level.WARN}


@dataclass(frozen=True, slots=True)
class Channel:
    """Somewhere to send to. `id` stays the same as long as the URL does and tells nothing of it; `name` neither."""

    id: str
    name: str
    tags: frozenset[str]
    service: NotifyBase = field(repr=False, compare=False)

    def wants(self, news: News, *, digests_have_a_channel: bool) -> bool:
        """Whether the channel's tags let the news through; without tags everything."""
        if news.kind == DIGEST:
            return DIGEST in self.tags or not digests_have_a_channel
        if self.tags == {DIGEST}:
            return False
        severities = {SEVERITIES[tag] for tag in self.tags if tag in SEVERITIES}
        owners = self.tags - SEVERITIES.keys() - {DIGEST, ALWAYS}
        return (not severities or news.level in severities) and (not owners or news.owner in owners)


def channels(settings: Settings) -> list[Channel]:
    """Every channel that is configured, each once.

    Raises UserError: a URL or a configuration file that Apprise cannot read; told by its place: a URL is a secret.
    """
    import apprise

    services: list[NotifyBase] = []
    for number, url in enumerate(settings.alert_urls, 1):
        service = apprise.Apprise.instantiate(url.get_secret_value(), suppress_exceptions=True)
        if service is None:
            raise UserError(
                f"REVFUNNEL_ALERT_URLS: number {number} is no Apprise URL (like slack://..., mailto://..., json://host/path)"
            )
        services.append(service)
    if settings.alert_config:
        config = apprise.AppriseConfig()
        readable = settings.alert_config.is_file() and config.add(str(settings.alert_config))
        of_file = [service for service in config.services() if service is not None] if readable else []
        if not of_file:
            raise UserError(
                f"REVFUNNEL_ALERT_CONFIG: {settings.alert_config} holds no channel; see Apprise's configuration format"
            )
        services += of_file
    found = [_channel(number, service) for number, service in enumerate(services, 1)]
    return list({channel.id: channel for channel in found}.values())


def chosen(news: News, known: Sequence[Channel]) -> list[Channel]:
    """The channels that are to get the news."""
    has_digest = any(DIGEST in channel.tags for channel in known)
    return [channel for channel in known if channel.wants(news, digests_have_a_channel=has_digest)]


def awake(known: Iterable[Channel], settings: Settings, now: datetime) -> list[Channel]:
    """The channels that may be disturbed now: outside of quiet hours all, within them those tagged `always`."""
    quiet = settings.alert_quiet_hours
    if quiet is None or not is_within(now.astimezone(ZoneInfo(settings.timezone)).time(), *quiet):
        return list(known)
    return [channel for channel in known if ALWAYS in channel.tags]


def is_within(moment: time, begin: time, end: time) -> bool:
    """Whether a time of day lies from `begin` up to `end`, over midnight where `end` is the earlier one."""
    return begin <= moment < end if begin < end else moment >= begin or moment < end


def _channel(number: int, service: NotifyBase) -> Channel:
    address = str(service.url(privacy=False))
    return Channel(
        id=hashlib.sha256(address.encode()).hexdigest()[:16],
        name=f"{service.service_name} (channel {number})",
        tags=frozenset(str(tag).lower() for tag in service.tags),
        service=service,
    )
