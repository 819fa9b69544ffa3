"""The server's clock: real time until it is set; from then on it stands still until it is moved."""

from datetime import UTC, datetime, timedelta


class Clock:
    """What time it is for the account that is served."""

    def __init__(self, at: datetime | None = None) -> None:
        self.at = at

    @property
    def is_set(self) -> bool:
        """Whether the account lives at a time of its own."""
        return self.at is not None

    def now(self) -> datetime:
        """The present, in UTC."""
        return datetime.now(UTC) if self.at is None else self.at

    def seconds(self) -> int:
        """The present in whole seconds since 1970."""
        return int(self.now().timestamp())

    def advance(self, seconds: float) -> None:
        """Move the clock; one that ran in real time stops."""
        self.at = self.now() + timedelta(seconds=seconds)


def moment(text: str) -> datetime:
    """An ISO 8601 moment in UTC; it is taken as UTC where no offset is given. Raises ValueError."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"not an ISO 8601 time: {text}") from None
    return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def iso(at: datetime) -> str:
    """A moment as HubSpot writes it, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
