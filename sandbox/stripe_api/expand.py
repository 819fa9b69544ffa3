"""`expand[]` paths, checked and read into a tree."""

from sandbox.stripe_api.errors import StripeError, invalid
from sandbox.stripe_api.schema import SCHEMAS, Child, Fields, Group, HiddenMembers, Listing, Ref

MAX_LEVELS = 4

# {"discounts": {"source": {"coupon": {}}}}: each key is a field to expand, each value what to expand inside it.
Tree = dict[str, "Tree"]


def expand_tree(paths: list[str], kind: str, *, in_list: bool) -> Tree:
    """The tree of the paths given, as seen from one object of the kind.

    Where objects come in a list, every path begins with `data`, which counts as a level, as in Stripe.
    Raises Stripe's errors for paths too deep and for fields that cannot be expanded.
    """
    tree: Tree = {}
    for path in paths:
        segments = path.split(".")
        if len(segments) > MAX_LEVELS:
            raise invalid("expand", f"You cannot expand more than {MAX_LEVELS} levels of a property.")
        if in_list:
            if segments[0] != "data":
                raise _cannot_expand(path, f" You may want to try expanding 'data.{path}' instead.")
            segments = segments[1:]
        _check(segments, SCHEMAS.get(kind, {}), path)
        node = tree
        for segment in segments:
            node = node.setdefault(segment, {})
    return tree


def _check(segments: list[str], fields: Fields | None, path: str) -> None:
    """Follow a path through the schema; `fields` is None where any object can stand."""
    expect_data: Fields | None = None
    expect_key: Fields | None = None
    for segment in segments:
        if expect_key is not None:
            fields, expect_key = expect_key, None
            continue
        if expect_data is not None:
            if segment != "data":
                raise _cannot_expand(path)
            fields, expect_data = expect_data, None
            continue
        if fields is None:
            return
        match fields.get(segment):
            case None:
                raise _cannot_expand(path)
            case Ref(kind):
                fields = SCHEMAS.get(kind) if kind else None
            case Child(kind):
                fields = SCHEMAS[kind]
            case Listing(kind):
                expect_data = SCHEMAS[kind]
            case Group(inner):
                fields = inner
            case HiddenMembers(inner):
                expect_key = inner
            case _:
                fields = {}


def _cannot_expand(path: str, hint: str = "") -> StripeError:
    return invalid("expand", f"This property cannot be expanded ({path}).{hint}")
