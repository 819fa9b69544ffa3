"""Property values, which are all text, in a form that compares as HubSpot's search compares them."""

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Comparable = Decimal | str
IdOrder = tuple[int, str]


def comparable(value: object, kind: str) -> Comparable | None:
    """A property's value in a form that compares: milliseconds, a number, or text without regard to case.

    Dates are written in ISO 8601 or as milliseconds since 1970. None where there is no value of the kind.
    """
    text = str(value).strip() if value is not None else ""
    if not text:
        return None
    if kind not in ("datetime", "number"):
        return text.lower()
    try:
        return Decimal(text)
    except InvalidOperation:
        return _milliseconds(text) if kind == "datetime" else None


def _milliseconds(text: str) -> Decimal | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    since = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH
    return Decimal(since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000)


def id_order(record_id: str) -> IdOrder:
    """Ids ascend as the numbers that they are; what is no number stands at the end, by its text."""
    return (int(record_id), "") if record_id.isdecimal() else (2**63, record_id)
