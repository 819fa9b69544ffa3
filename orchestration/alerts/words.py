"""News in words: one message a channel, however much there is to say, the worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from orchestration.alerts.conditions import Condition, Level
from orchestration.alerts.news import News
from orchestration.alerts.outbox import Waiting

HEADS = {
    "broken": "BROKEN",
    "worse": "WORSE",
    "reminder": "STILL BROKEN",
    "better": "BETTER, NOT WELL",
    "recovered": "RECOVERED",
}
_COUNTED = {kind: head.lower() for kind, head in HEADS.items()}
_REPEAT = "(Sent before, but the sender ended before the answer came: you may have this already.)"
_TITLE_LENGTH = 150


def title(news: Sequence[News]) -> str:
    """`revfunnel: 2 broken, 1 recovered`; a message of a single thing names it."""
    changes = [each for each in news if each.kind in HEADS]
    if not changes:
        told = news[-1].title
    elif len(changes) == 1:
        told = f"{changes[0].title} {_COUNTED[changes[0].kind]}"
    else:
        counts = Counter(each.kind for each in changes)
        told = ", ".join(f"{counts[kind]} {_COUNTED[kind]}" for kind in HEADS if counts[kind])
    return shortened(f"revfunnel: {told}", _TITLE_LENGTH)


def body(waiting: Sequence[Waiting], zone: str, room: int) -> str:
    """A paragraph each: what, since when, how bad, whose, and what the check says.

    Where that is more than `room` characters, a line each; where that is too much still, as many as fit and the number
    of the others.
    """
    order = list(HEADS)
    news = sorted(
        (each.news for each in waiting),
        key=lambda each: (order.index(each.kind) if each.kind in order else len(order), -each.level, each.id),
    )
    note = f"\n\n{_REPEAT}" if any(each.is_repeat for each in waiting) else ""
    told = "\n\n".join(_paragraph(each, zone) for each in news)
    if len(told) + len(note) > room:
        told = _fitting([_head(each, zone) for each in news], room - len(note))
    return told + note


def severity(level: Level) -> str:
    """`error` or `warning`."""
    return "error" if level == Level.ERROR else "warning"


def local(moment: datetime, zone: str) -> str:
    """A time as people in the reporting zone read it."""
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}"


def listed(broken: Sequence[Condition], zone: str) -> str:
    """What is broken, a line each."""
    return "\n".join(
        f"- {each.title} ({severity(each.level)}, {each.owner}, since {local(each.seen_at, zone)})" for each in broken
    )


def shortened(text: str, length: int) -> str:
    """Not longer than `length`, with an ellipsis where something is cut off."""
    return text if len(text) <= length else text[: max(length - 1, 0)] + "…"


def _paragraph(news: News, zone: str) -> str:
    head = _head(news, zone)
    return f"{head}\n{news.detail}" if news.detail and news.kind in HEADS else head


def _head(news: News, zone: str) -> str:
    if news.kind not in HEADS:
        return news.detail
    since = f"{'was broken ' if news.kind == 'recovered' else ''}since {local(news.since, zone)}"
    return f"{HEADS[news.kind]}: {news.title} ({severity(news.level)}, {news.owner}, {since})"


def _fitting(lines: Sequence[str], room: int) -> str:
    if len(told := "\n".join(lines)) <= room:
        return told
    for count in range(len(lines) - 1, 0, -1):
        told = "\n".join([*lines[:count], f"... and {len(lines) - count} more: see the checks in the Dagster UI"])
        if len(told) <= room:
            return told
    return shortened(lines[0], room)
