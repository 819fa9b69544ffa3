"""Pages of lists that come twice or in another order."""

from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sandbox.ndjson import decode, encode

_CURSORS = ("starting_after", "after")
REMEMBERED_LISTS = 256


class Pages:
    """The last page of every list that is being walked through."""

    def __init__(self) -> None:
        self._last: dict[str, bytes] = {}

    def previous(self, method: str, path: str, query: str, body: bytes) -> bytes | None:
        """The page whose cursor a request follows, if it was the last one of its list."""
        walk, cursor = _walk(method, path, query, body)
        page = self._last.get(walk)
        return page if page is not None and cursor is not None and _next_cursor(page) == cursor else None

    def remember(self, method: str, path: str, query: str, body: bytes, page: bytes) -> None:
        """A page has gone out."""
        walk, _ = _walk(method, path, query, body)
        self._last.pop(walk, None)
        if len(self._last) >= REMEMBERED_LISTS:
            del self._last[next(iter(self._last))]
        self._last[walk] = page


def reordered(page: bytes, choice: int) -> bytes:
    """The page with its objects shuffled; what is no page stays as it is."""
    content = _decoded(page)
    for field in ("data", "results"):
        if isinstance(content.get(field), list):
            Random(choice).shuffle(content[field])
            return encode(content)
    return page


def _walk(method: str, path: str, query: str, body: bytes) -> tuple[str, str | None]:
    """What all pages of a list have in common, and the cursor of this one."""
    pairs = parse_qsl(query, keep_blank_values=True)
    cursor = next((value for name, value in pairs if name in _CURSORS), None)
    rest = urlencode([pair for pair in pairs if pair[0] not in _CURSORS])
    content = _decoded(body)
    if "after" in content:
        cursor = str(content.pop("after"))
    return f"{method} {path}?{rest} {encode(content).decode()}", cursor


def _next_cursor(page: bytes) -> str | None:
    content = _decoded(page)
    if content.get("object") == "list":
        return content["data"][-1]["id"] if content["data"] and content.get("has_more") else None
    return content.get("paging", {}).get("next", {}).get("after")


def _decoded(content: bytes) -> dict[str, Any]:
    try:
        value = decode(content) if content else {}
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
