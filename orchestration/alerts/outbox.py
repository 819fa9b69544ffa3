"""What is still to be told: a copy of the news for each channel, struck off only after the channel has taken it.

So nothing is lost while a channel is down or a sensor restarts, and nothing is told twice. Where a process dies while a
channel is taking a message, nobody knows if it arrived: it is sent again, and says so.

One process at a time sends to a channel, and a channel that has refused something is left alone until it is due: what
waits then goes as one message, in the order in which it happened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from orchestration.alerts.news import COLUMNS, News, from_row
from orchestration.alerts.store import Store, text_of

FIRST_RETRY, LONGEST_RETRY = timedelta(seconds=10), timedelta(hours=1)
ABANDONED_AFTER = timedelta(minutes=3)  # a message that has been on its way for so long has lost its sender
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


def address(store: Store, known: Sequence[str], choose: Callable[[News], Sequence[str]], now: datetime) -> None:
    """Set down which channels are to get the news that have no channel yet; nobody at all is an answer too.

    What waits for a channel that is no longer configured goes to those that would get it now and have not been told:
    mending a wrong URL is how most channels come back.
    """
    gone = f"state <> 'taken' and channel not in ({', '.join('?' for _ in known)})"
    with store.transaction() as connection:
        rows = connection.execute(
            f"select {_NEWS} from news where id not in (select news_id from deliveries) "
            f"or id in (select news_id from deliveries where {gone}) order by id",
            list(known),
        ).fetchall()
        connection.execute(f"delete from deliveries where {gone}", list(known))
        for news in map(from_row, rows):
            chosen = [(channel, "waiting") for channel in choose(news)] or [(NOBODY, "taken")]
            connection.executemany(
                "insert or ignore into deliveries values (?, ?, ?, 0, ?, '')",
                [(news.id, channel, state, text_of(now)) for channel, state in chosen],
            )


def take(store: Store, channel: str, now: datetime) -> list[Waiting]:
    """Take hold of everything that waits for a channel; nothing while another holds it or the channel is left alone."""
    lost = text_of(now - ABANDONED_AFTER)
    with store.transaction() as connection:
        held = connection.execute(
            "select 1 from deliveries where channel = ? and ((state = 'going' and due_at > ?) "
            "or (state = 'waiting' and attempts > 0 and due_at > ?)) limit 1",
            [channel, lost, text_of(now)],
        ).fetchone()
        if held:
            return []
        rows = connection.execute(
            f"select {_NEWS}, deliveries.attempts, deliveries.state "
            "from deliveries inner join news on news.id = deliveries.news_id "
            "where channel = ? and state <> 'taken' order by news.id",
            [channel],
        ).fetchall()
        connection.execute(
            "update deliveries set state = 'going', due_at = ?, attempts = attempts + 1 "
            "where channel = ? and state <> 'taken'",
            [text_of(now), channel],
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
    """The channel has not taken them; gives the time at which it is asked again."""
    attempts = max(each.attempts for each in waiting)
    due = now + min(FIRST_RETRY * 2 ** min(attempts, 10), LONGEST_RETRY)
    with store.transaction() as connection:
        connection.executemany(
            "update deliveries set state = 'waiting', due_at = ?, error = ? where news_id = ? and channel = ?",
            [(text_of(due), error, each.news.id, channel) for each in waiting],
        )
    return due


def waits_since(store: Store, channel: str) -> datetime | None:
    """When the oldest news that a channel has not taken were written; None where there are none."""
    with store.transaction() as connection:
        row = connection.execute(
            "select min(news.at) from deliveries inner join news on news.id = deliveries.news_id "
            "where channel = ? and state <> 'taken'",
            [channel],
        ).fetchone()
    return datetime.fromisoformat(row[0]) if row[0] else None


def stuck(store: Store) -> list[Stuck]:
    """The channels that have not taken what was sent to them."""
    with store.transaction() as connection:
        rows = connection.execute(
            "select channel, count(*), max(attempts), max(error) from deliveries "
            "where state = 'waiting' and attempts > 0 group by channel order by channel"
        ).fetchall()
    return [Stuck(*row) for row in rows]


def clear(store: Store, now: datetime) -> None:
    """Forget what was taken long ago."""
    before = text_of(now - KEEP_TAKEN)
    with store.transaction() as connection:
        connection.execute(
            "delete from news where at < ? and id not in (select news_id from deliveries where state <> 'taken')",
            [before],
        )
        connection.execute("delete from runs where read_at < ?", [before])
