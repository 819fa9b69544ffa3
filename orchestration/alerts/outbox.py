"""What is still to be told: a copy of the news for each channel, struck off only after the channel has taken it.

So nothing is lost while a channel is down or a sensor restarts, and nothing is told twice. Where a process dies while a
channel is taking a message, nobody knows if it arrived: it is sent again, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from orchestration.alerts.news import COLUMNS, News, from_row
from orchestration.alerts.store import Store, text_of

FIRST_RETRY, LONGEST_RETRY = timedelta(minutes=1), timedelta(hours=1)
ABANDONED_AFTER = timedelta(minutes=10)  # a message that has been on its way for so long has lost its sender
KEEP_TAKEN = timedelta(days=90)
NOBODY = "nobody"

_NEWS = ", ".join(f"news.{name}" for name in COLUMNS)


@dataclass(frozen=True, slots=True)
class Waiting:
    """News that a channel has not taken yet. `is_repeat`: an earlier attempt ended without an answer."""

    news: News
    attempts: int = 0
    is_repeat: bool = False


@dataclass(frozen=True, slots=True)
class Stuck:
    """A channel that did not take something, and what was said of it last."""

    channel: str
    waiting: int
    attempts: int
    error: str


def unaddressed(store: Store) -> list[News]:
    """News that no channel has been chosen for yet."""
    with store.transaction() as connection:
        rows = connection.execute(
            f"select {_NEWS} from news where id not in (select news_id from deliveries) order by id"
        ).fetchall()
    return [from_row(row) for row in rows]


def address(store: Store, news: News, channels: Sequence[str], now: datetime) -> None:
    """Set down which channels are to get some news; nobody at all is an answer too."""
    chosen = [(channel, "waiting") for channel in channels] or [(NOBODY, "taken")]
    with store.transaction() as connection:
        connection.executemany(
            "insert or ignore into deliveries values (?, ?, ?, 0, ?, '')",
            [(news.id, channel, state, text_of(now)) for channel, state in chosen],
        )


def take(store: Store, channel: str, now: datetime) -> list[Waiting]:
    """Take hold of what a channel is to get now: nobody else sends it, unless its holder is lost."""
    with store.transaction() as connection:
        rows = connection.execute(
            f"""
            select {_NEWS}, deliveries.attempts, deliveries.state
            from deliveries inner join news on news.id = deliveries.news_id
            where
                channel = ?
                and ((state = 'waiting' and due_at <= ?) or (state = 'going' and due_at <= ?))
            order by news.id
            """,
            [channel, text_of(now), text_of(now - ABANDONED_AFTER)],
        ).fetchall()
        connection.executemany(
            "update deliveries set state = 'going', due_at = ?, attempts = attempts + 1 "
            "where news_id = ? and channel = ?",
            [(text_of(now), row[0], channel) for row in rows],
        )
    return [Waiting(from_row(row[:-2]), row[-2], row[-1] == "going") for row in rows]


def taken(store: Store, channel: str, waiting: Sequence[Waiting]) -> None:
    """The channel has them."""
    with store.transaction() as connection:
        connection.executemany(
            "update deliveries set state = 'taken', error = '' where news_id = ? and channel = ?",
            [(each.news.id, channel) for each in waiting],
        )


def refused(store: Store, channel: str, waiting: Sequence[Waiting], error: str, now: datetime) -> datetime:
    """The channel has not taken them; gives the time at which they are due again."""
    attempts = max(each.attempts for each in waiting)
    due = now + min(FIRST_RETRY * 2 ** min(attempts, 10), LONGEST_RETRY)
    with store.transaction() as connection:
        connection.executemany(
            "update deliveries set state = 'waiting', due_at = ?, error = ? where news_id = ? and channel = ?",
            [(text_of(due), error, each.news.id, channel) for each in waiting],
        )
    return due


def stuck(store: Store) -> list[Stuck]:
    """The channels that have not taken what was sent to them."""
    with store.transaction() as connection:
        rows = connection.execute(
            "select channel, count(*), max(attempts), max(error) from deliveries "
            "where state <> 'taken' and attempts > 0 group by channel order by channel"
        ).fetchall()
    return [Stuck(*row) for row in rows]


def clear(store: Store, known: Sequence[str], now: datetime) -> None:
    """Give up what waits for a channel that is no longer configured, and forget what was taken long ago."""
    marks = ", ".join("?" for _ in known)
    with store.transaction() as connection:
        connection.execute(
            "update deliveries set state = 'taken', error = 'the channel is no longer configured' "
            f"where state <> 'taken' and channel not in ({marks})",
            list(known),
        )
        connection.execute(
            "delete from news where at < ? and id in (select news_id from deliveries) "
            "and id not in (select news_id from deliveries where state <> 'taken')",
            [text_of(now - KEEP_TAKEN)],
        )
