"""A page of a list: its envelope, and whether it can be what was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

import msgspec

OVERLAP = 5  # objects of a page that the next one repeats, where that is how order is checked


class ListPage(msgspec.Struct):
    """The envelope of a list; its objects stay bytes."""

    data: list[msgspec.Raw]
    has_more: bool


class _Head(msgspec.Struct):
    """What paging needs of an object. `date` is what invoice items call their time of creation."""

    id: str | None = None
    created: int | None = None
    date: int | None = None


class PageChecks:
    """Checks the pages of one list, in order. An answer that fails raises ValueError and may be asked for again.

    A page out of order matters because paging goes on from its last object: whatever a shuffled page put behind that
    one would be lost. A list is `newest_first`, or it `begins` with ids that are known. In the second case each page
    repeats the end of the one before it, so that its beginning is always known.
    """

    def __init__(self, *, newest_first: bool = False, begins: Sequence[str] = ()) -> None:
        self._newest_first = newest_first
        self._begins = list(begins)
        self._followed: set[str] = set()
        self._suspicious: list[_Head] | None = None

    def parse(self, body: bytes) -> ListPage:
        """The page in `body`. Raises ValueError if it is cut off, empty, the one before it, or out of order."""
        page = _page_decoder.decode(body)
        if not page.data:
            if page.has_more:
                raise ValueError("a page with nothing on it that says there is more")
            return page
        heads = [_head(raw) for raw in page.data]
        if page.has_more:
            last = _last_id(heads)
            if last is None or last in self._followed:
                raise ValueError(f"the list does not end: the page after {last} comes again")
        begins = [head.id for head in heads[: len(self._begins)]]
        is_ordered = begins == self._begins[: len(begins)] and (not self._newest_first or _is_newest_first(heads))
        if not is_ordered and heads != self._suspicious:
            # The same order twice is the server's own, and its paging will follow it.
            self._suspicious = heads
            raise ValueError("a page that is out of order")
        return page

    def follow(self, page: ListPage) -> str:
        """The id to page on from."""
        last = list(islice(_ids_from_the_end(page.data), OVERLAP + 1))
        if not last:
            raise ValueError("a page without ids")  # `parse` has seen to it that there are some
        self._followed.add(last[0])
        if not self._begins or len(last) <= OVERLAP:
            self._begins = []
            return last[0]
        self._begins = last[OVERLAP - 1 :: -1]
        return last[OVERLAP]


def last_id(objects: list[msgspec.Raw]) -> str | None:
    """The id of the last object that has one."""
    return next(_ids_from_the_end(objects), None)


def _ids_from_the_end(objects: list[msgspec.Raw]) -> Iterator[str]:
    return (head.id for raw in reversed(objects) if (head := _head(raw)).id)


def _head(raw: msgspec.Raw) -> _Head:
    try:
        return _head_decoder.decode(raw)
    except ValueError:
        return _Head()  # a bad object, which is set aside later


def _last_id(heads: list[_Head]) -> str | None:
    return next((head.id for head in reversed(heads) if head.id), None)


def _is_newest_first(heads: list[_Head]) -> bool:
    times = [time for head in heads if (time := head.created if head.created is not None else head.date) is not None]
    return all(newer >= older for newer, older in pairwise(times))


_page_decoder = msgspec.json.Decoder(ListPage)
_head_decoder = msgspec.json.Decoder(_Head)
