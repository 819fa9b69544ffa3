"""What the text of a variable may be, and the value it stands for; settings.py says which variable is which.

Each function raises ValueError, with what is wrong and an example of what is right. Secrets are never quoted.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

PROJECT_ROOT = Path(__file__).resolve().parents[1]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OBJECT_STORES = ("s3", "gs", "az")  # by the scheme of their URLs


def key(value: Any) -> Any:
    """Pasted keys often bring blanks along; inner blanks or line breaks would corrupt the HTTP header."""
    if not isinstance(value, str):
        return value
    value = value.strip()
    if re.search(r"[^\x21-\x7e]", value):
        raise ValueError("holds blanks or characters that no key has; paste the key again")
    return value or None


def address(value: str) -> str:
    """An API's base address, without a slash at its end."""
    value = value.strip().rstrip("/")
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or re.search(r"\s", value):
        # The value is not quoted: it could be a key pasted into the wrong line.
        raise ValueError("is not an address like https://host or http://127.0.0.1:8700")
    if "@" in value:
        raise ValueError("must not hold a user name or a password")
    return value


def path(value: Path) -> Path:
    """A relative path is meant from the project's root, whatever the working directory is."""
    return (PROJECT_ROOT / value.expanduser()).resolve()


def destination(value: str) -> str:
    """`duckdb`, an absolute path, or a URL without a slash at its end."""
    value = value.strip().rstrip("/") or "/"
    scheme, has_scheme, place = value.partition("://")
    if value.lower() == "duckdb":
        return "duckdb"
    if has_scheme and scheme.lower() not in ("file", *OBJECT_STORES):
        stores = ", ".join(f"{store}://" for store in OBJECT_STORES)
        raise ValueError(f"{scheme}:// is not supported; use duckdb, a folder, or a URL that begins with {stores}")
    if re.search(r"[*?\[\]{}#]", value):
        raise ValueError("must not hold any of * ? [ ] { } #, which stand for many files in a path")
    if not has_scheme and re.match(r"(file|s3|gs|az):", value):
        raise ValueError(f"{value!r} lacks a slash; a URL is like s3://bucket/folder")
    if not has_scheme or scheme.lower() == "file":
        return str(path(Path(place or value)))
    if "@" in place:
        raise ValueError("must not hold a user name, a password or a key; those go into the store's own variables")
    if not place.split("/")[0]:
        raise ValueError(f"names no bucket; it should be like {scheme.lower()}://bucket/folder")
    return f"{scheme.lower()}://{place}"


def quiet_hours(value: Any) -> Any:
    """`22:00-07:00`."""
    if not isinstance(value, str):
        return value
    times = [_time_of_day(part) for part in value.split("-")]
    if len(times) != 2 or None in times or times[0] == times[1]:
        raise ValueError(f"{value!r} is not a span of time like 22:00-07:00")
    return tuple(times)


def digest(value: Any) -> Any:
    """`mon 08:00`, or `never`."""
    if not isinstance(value, str):
        return value
    if value.strip().lower() == "never":
        return None
    day, _, text = value.strip().lower().partition(" ")
    at = _time_of_day(text)
    if day[:3] not in WEEKDAYS or at is None:
        raise ValueError(f"{value!r} is neither a day and time like mon 08:00 nor never")
    return WEEKDAYS.index(day[:3]), at


def moment(value: Any) -> Any:
    """A point in time; without a zone it is UTC's."""
    if not isinstance(value, str):
        return value
    try:
        told = datetime.fromisoformat(value.strip())
    except ValueError:
        raise ValueError(f"{value!r} is not an ISO 8601 date like 2026-03-15T12:00:00Z") from None
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)


def currency(value: str) -> str:
    """Three letters, in lower case."""
    code = value.strip().lower()
    if not re.fullmatch(r"[a-z]{3}", code):
        raise ValueError(f"{value!r} is not a three-letter currency code like usd, eur or sek")
    return code


def timezone(value: str) -> str:
    """A name of the tz database."""
    name = value.strip()
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{value!r} is not a time zone like UTC or Europe/Stockholm") from None
    return name


def urls(value: Any) -> Any:
    """At commas and blanks before the next scheme: a URL may hold commas, as in `mailto://...?to=a@x.com,b@x.com`."""
    if isinstance(value, str):
        return tuple(url for url in re.split(r"[\s,]+(?=[a-z][a-z0-9]*://)", value.strip(" ,\n")) if url)
    return value


def spark(value: str) -> str:
    """Where Spark is: a master, or a server."""
    value = value.strip()
    if not re.fullmatch(r"local(\[(\*|[1-9]\d*)\])?|yarn|(spark|sc|thrift|k8s)://[^\s/].*", value):
        raise ValueError(
            f"{value!r} is no place where Spark runs; use local[2], spark://host:7077, sc://host:15002, "
            "thrift://host:10000, yarn or k8s://host:443"
        )
    return value


def memory(value: str) -> str:
    """`4g` or `900m`, in lower case."""
    if not re.fullmatch(r"[1-9]\d*[mg]", value.strip().lower()):
        raise ValueError(f"{value!r} is no amount of memory like 4g or 900m")
    return value.strip().lower()


def _time_of_day(text: str) -> time | None:
    """`7:00` or `07:00`; None if it is no time of day."""
    try:
        return datetime.strptime(text.strip(), "%H:%M").time()
    except ValueError:
        return None
