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


def title(news: Sequence[News]) -> str:
    """`revfunnel: 2 broken, 1 recovered`; a message of a single thing names it."""
    changes = [each for each in news if each.kind in HEADS]
    if not changes:
        return f"revfunnel: {news[-1].title}"
    if len(changes) == 1:
        return f"revfunnel: {changes[0].title} {_COUNTED[changes[0].kind]}"
    counts = Counter(each.kind for each in changes)
    return "revfunnel: " + ", ".join(f"{counts[kind]} {_COUNTED[kind]}" for kind in HEADS if counts[kind])


def body(waiting: Sequence[Waiting], zone: str) -> str:
    """A paragraph each: what, since when, how bad, whose, and what the check says."""
    order = list(HEADS)
    ordered = sorted(
        (each.news for each in waiting),
        key=lambda news: (order.index(news.kind) if news.kind in order else len(order), -news.level, news.id),
    )
    parts = [_paragraph(news, zone) for news in ordered]
    if any(each.is_repeat for each in waiting):
        parts.append("(Sent before, but the sender ended before the answer came: you may have this already.)")
    return "\n\n".join(parts)


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


def _paragraph(news: News, zone: str) -> str:
    if news.kind not in HEADS:
        return news.detail
    since = f"{'was broken ' if news.kind == 'recovered' else ''}since {local(news.since, zone)}"
    head = f"{HEADS[news.kind]}: {news.title} ({severity(news.level)}, {news.owner}, {since})"
    return f"{head}\n{news.detail}" if news.detail else head
