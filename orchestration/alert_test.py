"""`make alert-test`: send a test message to every channel that is configured, and say which took it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from orchestration.settings import Settings, UserError, load_settings

if TYPE_CHECKING:
    from orchestration.alerts.routing import Channel

_WORDS = "A test. What breaks, what is still broken after a week and what is well again will come here."


def main() -> int:
    """Exit code 0 if every channel took the message and can hear something."""
    try:
        return test(load_settings(), print)
    except UserError as error:
        print(f"revfunnel: {error}", file=sys.stderr)
        return 1


def test(settings: Settings, say: Callable[[str], None]) -> int:
    """A line for each channel by `say`; 1 if one of them failed. Raises UserError if there is none, or a wrong one."""
    from orchestration.alerts.conditions import Condition, Level
    from orchestration.alerts.delivery import send
    from orchestration.alerts.news import news_of
    from orchestration.alerts.outbox import Waiting
    from orchestration.alerts.routing import channels

    known = channels(settings)
    if not known:
        raise UserError(
            "no channel is configured: set REVFUNNEL_ALERT_URLS in .env to one or more Apprise URLs "
            "(slack://..., workflows://... for Teams, mailto://..., pagerduty://..., json://host/path for a webhook)"
        )
    now = datetime.now(UTC)
    news = news_of(Condition("test", "test message", Level.FINE, now, detail=_WORDS), "test", now, since=now)
    failed = False
    for channel in known:
        error = send(channel, [Waiting(news)], settings.timezone) or _deafness(channel)
        tags = f" [{', '.join(sorted(channel.tags))}]" if channel.tags else ""
        say(f"{'failed' if error else 'sent':<6}  {channel.name}{tags}{f': {error}' if error else ''}")
        failed |= bool(error)
    return int(failed)


def _deafness(channel: Channel) -> str | None:
    """A tag that is no team's lets nothing through, and nobody would find out."""
    if not channel.teams:
        return None
    from orchestration.alerts.assets import assets_of
    from orchestration.definitions import defs

    teams = assets_of(defs.get_repository_def()).teams
    if channel.teams & teams:
        return None
    return f"took the message, but hears nothing: its tags name no team; the teams are {', '.join(sorted(teams))}"


if __name__ == "__main__":
    sys.exit(main())
