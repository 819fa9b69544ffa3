"""A stored object as the API shows it: ids instead of inline objects, hidden fields left out, nested lists cut."""

from collections.abc import Callable
from typing import Annotated, Any

import msgspec

from sandbox.ndjson import decode, encode
from sandbox.stripe_api.expand import Tree
from sandbox.stripe_api.schema import (
    SCHEMAS,
    Child,
    Fields,
    Group,
    Hidden,
    HiddenMembers,
    Listing,
    Ref,
    Rule,
)

NESTED_PAGE = 10

# Finds the object of a kind (None: any) by id; None where the folder does not have it.
Lookup = Callable[[str | None, str], dict[str, Any] | None]

_NEVER = Annotated[str, msgspec.Meta(min_length=2**62)]
_NOTHING = Annotated[list[Any], msgspec.Meta(max_length=0)] | None


class Shaper:
    """Shapes objects of one kind for one set of expanded fields.

    Most stored objects are already in the shape that goes out. Those are recognised by decoding into a type that
    only such objects fit, which costs a fraction of rebuilding them, and served byte for byte.
    """

    def __init__(self, kind: str, tree: Tree, lookup: Lookup) -> None:
        self._fields = SCHEMAS.get(kind, {})
        self._tree = tree
        self._lookup = lookup
        self._as_stored: msgspec.json.Decoder[Any] = msgspec.json.Decoder(_as_stored_type(self._fields, tree))

    def render(self, stored: bytes) -> bytes:
        """One object's stored bytes to the bytes that go out."""
        try:
            self._as_stored.decode(stored)
        except msgspec.ValidationError:
            return encode(self.shape(decode(stored)))
        return stored

    def shape(self, value: dict[str, Any]) -> dict[str, Any]:
        """One object, decoded, in the shape that goes out; the argument stays as it is."""
        return self._object(value, self._fields, self._tree)

    def _object(self, value: dict[str, Any], fields: Fields, tree: Tree) -> dict[str, Any]:
        shaped = dict(value)
        for name, rule in fields.items():
            inner = shaped.get(name)
            if isinstance(rule, Hidden | HiddenMembers) and name not in tree:
                shaped.pop(name, None)
            elif isinstance(rule, HiddenMembers) and isinstance(inner, dict):
                asked = tree[name]
                shaped[name] = {key: self._object(each, rule.fields, asked.get(key, {})) for key, each in inner.items()}
            elif inner is not None:
                shaped[name] = self._value(inner, rule, tree.get(name))
        return shaped

    def _value(self, value: Any, rule: Rule, tree: Tree | None) -> Any:
        if isinstance(value, list):
            return [self._value(element, rule, tree) for element in value]
        match rule:
            case Ref():
                return self._reference(value, rule, tree)
            case Child(kind) if isinstance(value, dict):
                return self._object(value, SCHEMAS[kind], tree or {})
            case Listing(kind) if isinstance(value, dict):
                return self._nested_list(value, SCHEMAS[kind], (tree or {}).get("data", {}))
            case Group(fields) if isinstance(value, dict):
                return self._object(value, fields, tree or {})
            case _:
                return value

    def _reference(self, value: Any, rule: Ref, tree: Tree | None) -> Any:
        if tree is None:
            return value.get("id", value) if isinstance(value, dict) else value
        found = self._lookup(rule.kind, value) if isinstance(value, str) else value
        if not isinstance(found, dict):
            return value
        return self._object(found, SCHEMAS.get(found.get("object", ""), {}), tree)

    def _nested_list(self, value: dict[str, Any], fields: Fields, tree: Tree) -> dict[str, Any]:
        elements = value.get("data", [])
        page = [self._object(element, fields, tree) for element in elements[:NESTED_PAGE]]
        return {**value, "data": page, "has_more": len(elements) > NESTED_PAGE or value.get("has_more", False)}


def _as_stored_type(fields: Fields, tree: Tree) -> Any:
    """A type that an object fits only if shaping would not change it."""
    definitions: list[tuple[str, Any, Any]] = []
    for name, rule in fields.items():
        inner = tree.get(name, {})
        match rule:
            case Ref(kind) if name in tree and kind != "discount":
                # An id that is to become an object has to be looked up; discounts are in no collection.
                field: Any = _NOTHING
            case Ref():
                field = str | list[str] | None
            case Hidden():
                if name in tree:
                    continue
                field = _NEVER
            case HiddenMembers(members):
                # What one of the keys is to show and another is not is never seen from the outside.
                field = dict[str, _as_stored_type(members, {})] | None if name in tree and not inner else _NEVER
            case Child(kind):
                field = _as_stored_type(SCHEMAS[kind], inner) | None
            case Listing(kind):
                element = _as_stored_type(SCHEMAS[kind], inner.get("data", {}))
                data = Annotated[list[element], msgspec.Meta(max_length=NESTED_PAGE)]
                field = msgspec.defstruct("Listing", [("data", data, ())]) | None
            case Group(group):
                plain = _as_stored_type(group, inner)
                field = plain | list[plain] | None
        definitions.append((name, field, None))
    return msgspec.defstruct("AsStored", definitions)
