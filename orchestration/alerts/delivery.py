"""Getting the news out: to every channel that wants it, once, again later where a channel does not take it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.alerts import outbox, words
from orchestration.alerts.conditions import Level
from orchestration.alerts.news import News
from orchestration.alerts.outbox import Waiting
from orchestration.alerts.routing import Channel, awake, channels, chosen
from orchestration.alerts.store import Store
from orchestration.settings import Settings

if TYPE_CHECKING:
    from apprise.result import AppriseResult

_ERROR_LENGTH = 200


def deliver(store: Store, settings: Settings, log: Callable[[str], None], now: datetime | None = None) -> int:
    """Send whatever is due; gives how many messages were taken. Says by `log` what was not, and when it is tried again.

    Raises UserError where the channels are configured wrongly; nothing is lost then.
    """
    now = now or datetime.now(UTC)
    known = channels(settings)
    outbox.clear(store, [channel.id for channel in known], now)
    for news in outbox.unaddressed(store):
        outbox.address(store, news, [channel.id for channel in chosen(news, known)], now)
    sent = 0
    for channel in awake(known, settings, now):
        waiting = outbox.take(store, channel.id, now)
        if not waiting:
            continue
        error = send(channel, waiting, settings.timezone)
        if error is None:
            outbox.taken(store, channel.id, waiting)
            sent += 1
        else:
            due = outbox.refused(store, channel.id, waiting, error, now)
            log(f"{channel.name} did not take {len(waiting)} alert(s): {error}. Tried again after {due:%H:%M:%S} UTC")
    return sent


def send(channel: Channel, waiting: Sequence[Waiting], zone: str) -> str | None:
    """Send one message; gives what went wrong, None if it was taken."""
    import apprise

    sender = apprise.Apprise()
    sender.add(channel.service)
    news = [each.news for each in waiting]
    attachments = [each.attachment for each in news if each.attachment and Path(each.attachment).is_file()]
    # `match_always`: tags have been looked at already.
    result = sender.notify(
        title=words.title(news),
        body=words.body(waiting, zone),
        notify_type=_type(news),
        body_format=apprise.NotifyFormat.TEXT,
        attach=attachments or None,
        tag=apprise.common.MATCH_ALL_TAG,
    )
    return None if result else _reason(result, channel)


def _type(news: Sequence[News]) -> str:
    told = [each for each in news if each.kind in words.HEADS]
    if not told:
        return "info"
    bad = [each for each in told if each.kind != "recovered"]
    if not bad:
        return "success"
    return "failure" if any(each.level == Level.ERROR for each in bad) else "warning"


def _reason(result: AppriseResult, channel: Channel) -> str:
    """What Apprise logged of the failure, without the channel's address."""
    texts = [entry.message for entry in result.logs()]
    told = next((text for text in reversed(texts) if text.strip()), "") or "no reason given"
    secret = str(channel.service.url(privacy=False)).split("://", 1)[-1].split("?")[0]
    return " ".join(told.replace(secret, "...").split())[:_ERROR_LENGTH]
