"""Reading the parameters of a HubSpot request, and writing its answer."""

from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox.clock import iso
from sandbox.hubspot_api.errors import invalid
from sandbox.ndjson import encode

T = TypeVar("T")


def flag(request: Request, parameter: str) -> bool:
    """A parameter that is `true` or not."""
    return request.query_params.get(parameter, "false").lower() == "true"


def limit(request: Request, default: int, most: int) -> int:
    """The page size."""
    text = request.query_params.get("limit", str(default))
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise invalid(f"Invalid limit {text}: it must be between 1 and {most}")
    return int(text)


def names(request: Request, parameter: str) -> list[str]:
    """A list parameter, given more than once or with commas."""
    return [name for value in request.query_params.getlist(parameter) for name in value.split(",") if name]


async def body(request: Request, kind: type[T]) -> T:
    """The body of a request, checked."""
    try:
        return msgspec.json.decode(await request.body(), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise invalid(f"Invalid input JSON: {error}") from error


def json(content: Any, status: int = 200) -> Response:
    """An answer."""
    return Response(encode(content), status, media_type="application/json")


def page(request: Request, results: list[Any], following: str | None, total: int | None = None) -> Response:
    """A page of a list; `following` is where the next one begins."""
    content: dict[str, Any] = {} if total is None else {"total": total}
    content["results"] = results
    if following is not None:
        link = request.url.include_query_params(after=following)
        content["paging"] = {"next": {"after": following, "link": str(link)}}
    return json(content)


def batch(results: list[Any], errors: list[Any]) -> Response:
    """The answer to a batch; 207 where something in it failed."""
    now = iso(datetime.now(UTC))
    content: dict[str, Any] = {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}
    if not errors:
        return json(content)
    content |= {"numErrors": len(errors), "errors": errors}
    return json(content, 207)
