"""Getting the news out: to every channel that wants it, once, again later where a channel does not take it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.alerts import outbox, words
from orchestration.alerts.conditions import Level
from orchestration.alerts.memory import broken
from orchestration.alerts.news import News
from orchestration.alerts.outbox import Waiting
from orchestration.alerts.routing import ALWAYS, Channel, channels, chosen, is_quiet
from orchestration.alerts.secrecy import without_secrets
from orchestration.alerts.store import Store
from orchestration.settings import Settings

if TYPE_CHECKING:
    from apprise import NotifyBase
    from apprise.result import AppriseResult

# Dagster ends a sensor's tick after 60 s: no message is begun after the first, and none takes longer than the second.
BEGIN_SECONDS, SEND_SECONDS = 25, 20
# Longer than any quiet hours: only where nothing runs outside of them does a message wait for so long.
HELD_BACK_AT_MOST = timedelta(hours=24)
PLAIN_AFTER = 2  # refusals after which an attachment is left out: it may be what the channel does not take
_ERROR_LENGTH = 200


def deliver(store: Store, settings: Settings, log: Callable[[str], None], now: datetime | None = None) -> int:
    """Send whatever is due; gives how many messages were taken. Says by `log` what was not, and when it is tried again.

    Raises UserError where the channels are configured wrongly; nothing is lost then.
    """
    now = now or datetime.now(UTC)
    known = channels(settings)
    outbox.address(
        store, [channel.id for channel in known], lambda news: [channel.id for channel in chosen(news, known)], now
    )
    outbox.clear(store, now)
    all_well = not broken(store)
    began, sent = time.monotonic(), 0
    for channel in known:
        if time.monotonic() - began > BEGIN_SECONDS:
            log("The other channels are told at the next look: those before took too long")
            break
        if _is_held_back(store, channel, settings, now):
            continue
        waiting = outbox.take(store, channel.id, now)
        if not waiting:
            continue
        error = send(channel, waiting, settings.timezone, all_well=all_well)
        if error is None:
            outbox.taken(store, channel.id, waiting)
            sent += 1
        else:
            due = outbox.refused(store, channel.id, waiting, error, now)
            log(f"{channel.name} did not take {len(waiting)} alert(s): {error}. Tried again after {due:%H:%M:%S} UTC")
    return sent


def send(channel: Channel, waiting: Sequence[Waiting], zone: str, *, all_well: bool = False) -> str | None:
    """Send one message; gives what went wrong, None if it was taken.

    `all_well`: nothing is broken any more, so that the message may close an incident.
    """
    import apprise

    sender = apprise.Apprise()
    sender.add(channel.service)
    news = [each.news for each in waiting]
    title = words.title(news)
    body = words.body(waiting, zone, room(channel.service, title))
    wanted = [each.attachment for each in news if each.attachment] if _attempts(waiting) < PLAIN_AFTER else []
    result = sender.notify(
        title=title,
        body=body,
        notify_type=_type(news, all_well),
        body_format=apprise.NotifyFormat.TEXT,
        attach=[path for path in wanted if Path(path).is_file()] or None,
        timeout=SEND_SECONDS,
    )
    return None if result else _reason(result, channel)


def _is_held_back(store: Store, channel: Channel, settings: Settings, now: datetime) -> bool:
    if ALWAYS in channel.tags or not is_quiet(settings, now):
        return False
    since = outbox.waits_since(store, channel.id)
    return since is None or now - since < HELD_BACK_AT_MOST


def room(service: NotifyBase, title: str) -> int:
    """How many characters a body may have. Apprise would send a longer one as it is, and the service refuse it."""
    in_body = service.title_maxlen <= 0 or service.overflow_amalgamate_title
    return service.body_maxlen - (len(title) + 2 if in_body else 0)


def _attempts(waiting: Sequence[Waiting]) -> int:
    return max(each.attempts for each in waiting)


def _type(news: Sequence[News], all_well: bool) -> str:
    bad = [each.level for each in news if each.kind in words.HEADS and each.kind != "recovered"]
    if bad:
        return "failure" if Level.ERROR in bad else "warning"
    return "success" if all_well and any(each.kind == "recovered" for each in news) else "info"


def _reason(result: AppriseResult, channel: Channel) -> str:
    """What Apprise logged of the failure, without the channel's address."""
    told = [entry.message for entry in result.logs() if entry.message.strip()]
    text = without_secrets(" ".join((told or ["no reason given"])[-1].split()), channel.service)
    return text[:_ERROR_LENGTH].rstrip(".")
