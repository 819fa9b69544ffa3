"""Which objects are on the page that a list request asks for."""

from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase
from itertools import islice
from typing import Any, NamedTuple

from sandbox.stripe_api.account import Account
from sandbox.stripe_api.catalog import (
    ENDED_STATUSES,
    RESOURCES,
    SUBSCRIPTION_STATUSES,
    AnyOf,
    Equal,
    EventType,
    Filter,
    Pending,
    Resource,
    SubscriptionStatus,
)
from sandbox.stripe_api.errors import invalid, no_such
from sandbox.stripe_api.params import Params, Window

PAGING = ("limit", "starting_after", "ending_before", "expand")

Test = Callable[[int], bool]


def _keep_all(_position: int) -> bool:
    return True


class Page(NamedTuple):
    """Positions on a page, in the list's order, and whether the list goes on in the direction of travel."""

    positions: list[int]
    has_more: bool


def list_page(account: Account, resource: Resource, params: Params) -> Page:
    """The page of a resource's list that the parameters ask for, as ranks in its collection."""
    params.only(*PAGING, *(("created",) if resource.by_created else ()), *resource.filters)
    collection = account.collections[resource.name]
    tests = [test for name in resource.filters if (test := _test(account, resource, name, params)) is not None]
    existing = collection.ranks_created(account.existing(resource))
    window = params.window("created") if resource.by_created else Window()
    wanted = collection.ranks_created(window)
    candidates = range(max(existing.start, wanted.start), min(existing.stop, wanted.stop))

    def position_of(object_id: str) -> int | None:
        rank = collection.rank.get(object_id)
        return rank if rank in existing else None

    return page(params, resource.kind, position_of, candidates, lambda rank: all(test(rank) for test in tests))


def page(
    params: Params,
    kind: str,
    position_of: Callable[[str], int | None],
    candidates: range,
    keep: Test = _keep_all,
) -> Page:
    """Stripe's paging over ordered positions: `limit`, and one of `starting_after` and `ending_before`."""
    limit = params.limit()
    after, before = params.text("starting_after"), params.text("ending_before")
    if after is not None and before is not None:
        raise invalid(
            "starting_after",
            "You cannot parameterize both `starting_after` and `ending_before`, please choose one.",
        )
    ranks: Sequence[int] = candidates
    if after is not None:
        ranks = range(max(candidates.start, _cursor(position_of, kind, after, "starting_after") + 1), candidates.stop)
    elif before is not None:
        stop = min(candidates.stop, _cursor(position_of, kind, before, "ending_before"))
        ranks = range(candidates.start, stop)[::-1]
    found = list(islice((rank for rank in ranks if keep(rank)), limit + 1))
    positions = found[:limit]
    return Page(positions[::-1] if before is not None else positions, len(found) > limit)


def _cursor(position_of: Callable[[str], int | None], kind: str, object_id: str, param: str) -> int:
    position = position_of(object_id)
    if position is None:
        raise no_such(kind, object_id, param=param, status=400)
    return position


def _test(account: Account, resource: Resource, name: str, params: Params) -> Test | None:
    """What a filter asks of an object, by rank; None where the request does not use it."""
    rule = resource.filters[name]
    keep = _keep(account, resource, name, rule, params)
    if keep is None:
        return None
    values = account.collections[resource.name].column(*rule.paths)
    return lambda rank: keep(values[rank])


def _keep(
    account: Account, resource: Resource, name: str, rule: Filter, params: Params
) -> Callable[[Any], bool] | None:
    """What a filter asks of the value that it looks at."""
    match rule:
        case Equal():
            return _equal(account, resource, name, rule, params)
        case AnyOf():
            return _among(params.texts(name) or None)
        case EventType():
            pattern = params.text(name)
            return None if pattern is None else lambda value: fnmatchcase(value, pattern)
        case Pending():
            pending = params.boolean(name)
            return None if pending is None else lambda value: (value is None) == pending
        case SubscriptionStatus():
            return _among(_statuses(params.text(name, SUBSCRIPTION_STATUSES)))


def _equal(
    account: Account, resource: Resource, name: str, rule: Equal, params: Params
) -> Callable[[Any], bool] | None:
    wanted = params.boolean(name) if rule.boolean else params.text(name, rule.choices)
    if wanted is None:
        return None
    # A folder may lack the file that the id is in; what another object points to exists all the same.
    if (
        rule.names
        and str(wanted) not in account.collections[rule.names]
        and wanted not in account.collections[resource.name].column(*rule.paths)
    ):
        raise no_such(RESOURCES[rule.names].kind, str(wanted), param=name, status=400)
    return lambda value: value == wanted


def _statuses(status: str | None) -> Iterable[str] | None:
    match status:
        case "all":
            return None
        case None:
            return set(SUBSCRIPTION_STATUSES) - {"all", "ended", *ENDED_STATUSES}
        case "ended":
            return ENDED_STATUSES
        case _:
            return (status,)


def _among(wanted: Iterable[str] | None) -> Callable[[Any], bool] | None:
    return None if wanted is None else frozenset(wanted).__contains__
