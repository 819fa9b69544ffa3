"""Bodies of control calls, checked, and errors of one line."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox.ndjson import decode, encode

T = TypeVar("T")


class Refused(Exception):
    """A control call that makes no sense: HTTP status and one line."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class ClockSetting(msgspec.Struct):
    """A moment in ISO 8601; None is real time."""

    now: str | None


class ClockStep(msgspec.Struct):
    """How far the clock moves."""

    seconds: float


class FaultSetting(msgspec.Struct, forbid_unknown_fields=True):
    """All fault switches; None leaves seed and seconds as they are."""

    rates: dict[str, float] = {}
    seed: int | None = None
    retry_after: float | None = None
    hold: float | None = None


class ForbiddenPaths(msgspec.Struct):
    """Beginnings of paths."""

    paths: list[str]


class Merge(msgspec.Struct):
    """Two records that become one."""

    primary: str
    merged: str
    new_id: bool = True


class BulkEdit(msgspec.Struct):
    """The same values for the first live records; None means all."""

    properties: dict[str, Any] = {}
    first: int | None = None


async def typed(request: Request, kind: type[T]) -> T:
    """The body as a type."""
    try:
        return msgspec.json.decode(await request.body(), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(400, str(error)) from error


async def objects(request: Request) -> list[dict[str, Any]]:
    """The body as objects: one, or an array of them. Digits of numbers are kept."""
    try:
        content = decode(await request.body())
    except ValueError as error:
        raise Refused(400, str(error)) from error
    found = content if isinstance(content, list) else [content]
    if not all(isinstance(each, dict) for each in found):
        raise Refused(400, "give an object or an array of objects")
    return found


def answer(content: Mapping[str, Any], status: int = 200) -> Response:
    """A JSON answer."""
    return Response(encode(content), status, media_type="application/json")
