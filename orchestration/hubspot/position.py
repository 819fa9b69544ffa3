"""How far a HubSpot stream has been read: the stream's cursor, and what follows from it for the next run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from orchestration.hubspot.streams import Stream
from orchestration.records import canonical, content_hash

# Search sees a change some seconds after it was made. What is younger than the lag is left for the next run, and each
# run looks again at what the one before it may have missed because the index was later than that.
LAG = timedelta(seconds=60)
OVERLAP = timedelta(hours=1)


class Position(msgspec.Struct, frozen=True, omit_defaults=True):
    """`until`: changes up to here have been read, in milliseconds since 1970. `reread`: the UTC day of the last full
    reading of what changes without a trace. `asked`: a digest of what was asked for (see `asked_for`)."""

    until: int | None = None
    reread: str = ""
    asked: str = ""

    @classmethod
    def parse(cls, text: str | None) -> Position:
        """A stored cursor; a stream without one, or with one that cannot be read, begins anew."""
        try:
            return msgspec.json.decode(text or "{}", type=cls)
        except ValueError:
            return cls()

    def text(self) -> str:
        """The cursor as it is stored."""
        return msgspec.json.encode(self).decode()

    def reread_is_due(self, now: datetime) -> bool:
        """Whether this is the first run of a UTC day."""
        return self.reread != day(now)

    def is_of(self, stream: Stream) -> bool:
        """Whether everything was read with the properties and histories that the stream has now."""
        return self.asked == asked_for(stream)


def asked_for(stream: Stream) -> str:
    """A digest of the stream's properties and histories: objects that do not change come with new ones only if all are
    read again. The account's own stages are left out: contacts and companies are read in full once a day anyway."""
    return content_hash(canonical([sorted(stream.properties), sorted(stream.history), stream.dates_by_stage]))


def day(now: datetime) -> str:
    """The UTC day, as YYYY-MM-DD."""
    return now.astimezone(UTC).date().isoformat()


def readable_until(now: datetime) -> int:
    """Up to when search can be relied on, in milliseconds since 1970."""
    return milliseconds(now - LAG)


def since(until: int) -> int:
    """Where the next window of changes begins, in milliseconds since 1970."""
    return until - int(OVERLAP.total_seconds() * 1000)


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970, rounded down."""
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))
