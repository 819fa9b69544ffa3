"""API objects as the raw layer keeps them: id, times, canonical payload, content hash.

An object reaches this module as the bytes that the vendor sent (a slice of a page) and leaves it as a Record. Keys are
sorted, so an object hashes the same however the server orders them; decimals keep every digit the server wrote.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

JsonObject = dict[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECONDS = 1_000_000

# Floats become Decimal and are written back as numbers: 0.1 stays 0.1, and 12345678901234567.89 loses nothing.
_decoder = msgspec.json.Decoder(Any, float_hook=Decimal)
_encoder = msgspec.json.Encoder(order="sorted", decimal_format="number")

# Bytes. From 2,048 on hashlib lets other threads run meanwhile; with eight of them the changes of thread, at every
# object, cost more than the hash: 7.1 CPU seconds for fetching 100,000 invoices, 5.8 without.
_HASHED_AT_ONCE = 2_047


class Record(NamedTuple):
    """One version of one object. Times are microseconds since 1970 (UTC), None where the source has none.

    `payload` is JSON in UTF-8, as the encoder made it: it goes into the spool as it is.
    """

    id: str
    created_at: int | None
    updated_at: int | None
    payload: bytes
    content_hash: str
    deleted: bool


class BadObject(ValueError):
    """An object that cannot be stored; the message is the reason kept in the table of rejected objects."""


@dataclass(frozen=True, slots=True)
class RecordRules:
    """Where a stream's objects keep what is pulled out of them.

    `id` names the field or fields (joined with a colon) that identify the object; `created` and `updated` name
    top-level fields, of which the first present one counts. `deleted` names the boolean that marks a tombstone.
    `volatile` lists fields that differ between two reads of an unchanged object, such as signed links: they stay in the
    payload but do not count for the hash. Nested ones are dotted, and lists are gone through on the way.
    """

    id: tuple[str, ...] = ("id",)
    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    deleted: str = "deleted"
    volatile: tuple[str, ...] = ()


def decode(raw: msgspec.Raw | bytes) -> JsonObject:
    """Parse one object. Raises BadObject if it is not JSON or not an object."""
    try:
        value = _decoder.decode(raw)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise BadObject(f"not valid JSON: {error}") from None
    if not isinstance(value, dict):
        raise BadObject(f"not an object but {type(value).__name__}")
    return value


def to_record(value: JsonObject, rules: RecordRules) -> Record:
    """Canonicalise and hash one parsed object, which is used up by it. Raises BadObject if it has no usable id."""
    identifier = _identity(value, rules.id)
    payload = _encoder.encode(value)
    created_at = _first_time(value, rules.created) if rules.created else None
    updated_at = _first_time(value, rules.updated) if rules.updated else None
    deleted = value.get(rules.deleted) is True
    hashed = _hash_without(value, payload, rules.volatile) if rules.volatile else _hash(payload)
    return Record(identifier, created_at, updated_at, payload, hashed, deleted)


def canonical(value: Any) -> str:
    """JSON text with sorted keys and no blanks."""
    return _encoder.encode(value).decode()


def content_hash(text: str) -> str:
    """SHA-256, hexadecimal."""
    return _hash(text.encode())


def microseconds(value: Any) -> int | None:
    """A vendor's time as microseconds since 1970: Stripe sends epoch seconds, HubSpot ISO 8601. None if neither."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value * _MICROSECONDS if abs(value) < 253_402_300_800 else None  # the year 10000
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        delta = moment - _EPOCH
        return (delta.days * 86_400 + delta.seconds) * _MICROSECONDS + delta.microseconds
    return None


def _identity(value: JsonObject, names: tuple[str, ...]) -> str:
    parts = []
    for name in names:
        part = value.get(name)
        if isinstance(part, int) and not isinstance(part, bool):
            part = str(part)
        if not isinstance(part, str) or not part:
            raise BadObject(f"no usable {name}")
        parts.append(part)
    return ":".join(parts)


def _first_time(value: JsonObject, names: Iterable[str]) -> int | None:
    for name in names:
        if (found := microseconds(value.get(name))) is not None:
            return found
    return None


def _hash(*texts: bytes | memoryview) -> str:
    """SHA-256 of the texts one after another, hexadecimal."""
    digest = hashlib.sha256()
    for text in texts:
        if len(text) <= _HASHED_AT_ONCE:
            digest.update(text)
        else:
            for start in range(0, len(text), _HASHED_AT_ONCE):
                digest.update(text[start : start + _HASHED_AT_ONCE])
    return digest.hexdigest()


def _hash_without(value: JsonObject, payload: bytes, volatile: tuple[str, ...]) -> str:
    """The hash of the payload with the volatile fields left out; takes them out of `value`.

    That means to encode what is left. Where it can be had for less it is, because most objects have few of the fields:
    what has no such name anywhere in its text has no such field, and a field at the top is passed over in the text.
    """
    top, nested = _fields(volatile)
    found = [_remove(value, path) for key, paths in nested if key in payload for path in paths]
    cuts = None if any(found) else _cuts(value, payload, top)
    if cuts is None:
        for name, _ in top:
            value.pop(name, None)
        return _hash(_encoder.encode(value))
    text, start, kept = memoryview(payload), 0, list[memoryview]()
    for cut_from, cut_to in cuts:
        kept.append(text[start:cut_from])
        start = cut_to
    return _hash(*kept, text[start:])


@lru_cache
def _fields(volatile: tuple[str, ...]) -> tuple[list[tuple[str, bytes]], list[tuple[bytes, list[list[str]]]]]:
    """Names of fields at the top with their keys, and keys with the paths of the nested fields that end in them.

    A key is the name as it stands in JSON, with the colon: nothing else in a JSON text can look like that.
    """
    top: list[tuple[str, bytes]] = []
    nested: dict[bytes, list[list[str]]] = {}
    for path in (dotted.split(".") for dotted in volatile):
        key = _encoder.encode(path[-1]) + b":"
        if len(path) == 1:
            top.append((path[0], key))
        else:
            nested.setdefault(key, []).append(path)
    return top, list(nested.items())


def _cuts(value: JsonObject, payload: bytes, fields: list[tuple[str, bytes]]) -> list[tuple[int, int]] | None:
    """Where fields at the top stand in the object's text, each with one comma, in the text's order.

    None if a key is there twice, so that one is further in, or if what is left would begin or end with a comma.
    """
    cuts: list[tuple[int, int]] = []
    for name, key in fields:
        if name not in value:
            continue
        start = payload.find(key)
        end = start + len(key) + len(_encoder.encode(value[name]))
        if payload.find(key, start + 1) >= 0 or payload[end : end + 1] != b",":
            return None
        cuts.append((start, end + 1))
    return sorted(cuts)


def _remove(holder: Any, path: list[str]) -> bool:
    """Take a nested field out, from every element where the path goes through a list; False if it is nowhere."""
    if isinstance(holder, list):
        found = [_remove(element, path) for element in holder]
        return any(found)
    if not isinstance(holder, dict) or path[0] not in holder:
        return False
    if len(path) > 1:
        return _remove(holder[path[0]], path[1:])
    del holder[path[0]]
    return True
