"""One Stripe account: the collections of a folder, and how an object is found in them."""

from pathlib import Path
from typing import Any

from sandbox.ndjson import decode
from sandbox.stripe_api.catalog import RESOURCES
from sandbox.stripe_api.expand import Tree
from sandbox.stripe_api.shape import Shaper
from sandbox.stripe_api.store import Collection

_RESOURCE_OF_KIND = {resource.kind: resource.name for resource in RESOURCES.values()}


class Account:
    """The folder's `stripe/*.ndjson`, indexed. Raises DataError for a file that cannot be served."""

    def __init__(self, folder: Path) -> None:
        self.collections = {name: Collection(folder / f"{name}.ndjson") for name in RESOURCES}
        self._shapers: dict[tuple[str, str], Shaper] = {}

    def shaper(self, kind: str, tree: Tree) -> Shaper:
        """How objects of a kind go out with these fields expanded; made once and kept."""
        key = (kind, repr(tree))
        if key not in self._shapers:
            self._shapers[key] = Shaper(kind, tree, self._lookup)
        return self._shapers[key]

    def _lookup(self, kind: str | None, object_id: str) -> dict[str, Any] | None:
        """The stored object of an id; of any resource where the kind is open."""
        names = RESOURCES if kind is None else (_RESOURCE_OF_KIND.get(kind, ""),)
        for name in names:
            stored = self.collections[name].find(object_id) if name else None
            if stored is not None:
                return decode(stored)
        return None
