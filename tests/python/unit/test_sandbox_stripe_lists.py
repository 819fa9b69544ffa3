"""Which objects are on a page of a Stripe list, and which requests are refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.ndjson import DataError, decode
from sandbox.stripe_api.account import Account
from sandbox.stripe_api.catalog import RESOURCES
from sandbox.stripe_api.errors import StripeError
from sandbox.stripe_api.listing import list_page
from sandbox.stripe_api.params import Params
from sandbox.stripe_api.store import Collection

# Newest first; c3 and c2 were made in the same second.
CUSTOMERS = [("c1", 100), ("c2", 200), ("c3", 200), ("c4", 300), ("c5", 400)]
NEWEST_FIRST = ["c5", "c4", "c3", "c2", "c1"]
STATUSES = {
    "active": "sub_active",
    "past_due": "sub_late",
    "canceled": "sub_gone",
    "incomplete_expired": "sub_never",
    "trialing": "sub_trial",
}


def write(folder: Path, resource: str, objects: list[dict[str, Any]]) -> None:
    (folder / f"{resource}.ndjson").write_text("".join(json.dumps(each) + "\n" for each in objects))


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Account:
    folder = tmp_path_factory.mktemp("stripe")
    customers: list[dict[str, Any]] = [
        {"id": name, "object": "customer", "created": created, "email": f"{name}@x.example"}
        for name, created in CUSTOMERS
    ]
    write(folder, "customers", [*customers, {"id": "c_gone", "object": "customer", "deleted": True}])
    write(
        folder,
        "subscriptions",
        [
            {"id": name, "object": "subscription", "created": 10, "customer": "c1", "status": status}
            for status, name in STATUSES.items()
        ],
    )
    write(
        folder,
        "invoices",
        [
            {
                "id": "in_new",
                "object": "invoice",
                "created": 20,
                "customer": "c1",
                "status": "draft",
                "parent": {"subscription_details": {"subscription": "sub_active"}},
            },
            {
                "id": "in_old",
                "object": "invoice",
                "created": 10,
                "customer": {"id": "c1", "object": "customer"},
                "status": "open",
                "subscription": "sub_active",
            },
            {"id": "in_other", "object": "invoice", "created": 5, "customer": "c2", "status": "void", "parent": None},
            {
                "id": "in_old",
                "object": "invoice",
                "created": 10,
                "customer": "c1",
                "status": "paid",
                "subscription": "sub_active",
            },
        ],
    )
    write(
        folder,
        "invoiceitems",
        [
            {"id": "ii_pending", "object": "invoiceitem", "date": 7, "customer": "c1", "invoice": None},
            {"id": "ii_billed", "object": "invoiceitem", "date": 8, "customer": "c1", "invoice": "in_new"},
        ],
    )
    write(
        folder,
        "events",
        [
            {"id": "evt_1", "object": "event", "created": 1, "type": "invoice.paid"},
            {"id": "evt_2", "object": "event", "created": 2, "type": "customer.subscription.updated"},
            {"id": "evt_3", "object": "event", "created": 3, "type": "customer.subscription.deleted"},
        ],
    )
    write(
        folder,
        "prices",
        [
            {"id": "p_on", "object": "price", "created": 1, "active": True, "product": "prod_1", "type": "recurring"},
            {"id": "p_off", "object": "price", "created": 2, "active": False, "product": "prod_1", "type": "one_time"},
        ],
    )
    return Account(folder)


def ids(account: Account, resource: str, query: str) -> list[str]:
    found = list_page(account, RESOURCES[resource], Params(query))
    return [account.collections[resource].ids[rank] for rank in found.positions]


def has_more(account: Account, resource: str, query: str) -> bool:
    return list_page(account, RESOURCES[resource], Params(query)).has_more


def refusal(account: Account, resource: str, query: str) -> StripeError:
    with pytest.raises(StripeError) as refused:
        list_page(account, RESOURCES[resource], Params(query))
    return refused.value


def test_lists_are_newest_first_and_leave_out_deleted_objects(account: Account) -> None:
    assert ids(account, "customers", "") == NEWEST_FIRST
    assert account.collections["customers"].find("c_gone") is not None


def test_pages_go_forward_and_backward(account: Account) -> None:
    assert ids(account, "customers", "limit=2") == ["c5", "c4"]
    assert has_more(account, "customers", "limit=2")
    assert ids(account, "customers", "limit=2&starting_after=c3") == ["c2", "c1"]
    assert not has_more(account, "customers", "limit=2&starting_after=c3")
    assert ids(account, "customers", "limit=2&ending_before=c2") == ["c4", "c3"]
    assert has_more(account, "customers", "limit=2&ending_before=c2")
    assert not has_more(account, "customers", "limit=2&ending_before=c3")
    assert ids(account, "customers", "starting_after=c1") == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("created[gte]=200", ["c5", "c4", "c3", "c2"]),
        ("created[gt]=200", ["c5", "c4"]),
        ("created[lte]=200", ["c3", "c2", "c1"]),
        ("created[lt]=200", ["c1"]),
        ("created=200", ["c3", "c2"]),
        ("created[gte]=150&created[lt]=300", ["c3", "c2"]),
        ("created%5Bgte%5D=300", ["c5", "c4"]),
        ("created[gt]=400", []),
        ("created[gt]=300&created[lt]=200", []),
        ("created[lte]=300&starting_after=c5", ["c4", "c3", "c2", "c1"]),
        ("created[gte]=200&limit=2&ending_before=c1", ["c3", "c2"]),
    ],
)
def test_created_narrows_the_list(account: Account, query: str, expected: list[str]) -> None:
    assert ids(account, "customers", query) == expected


@settings(max_examples=60)
@given(limit=st.integers(1, 7), low=st.integers(50, 450), high=st.integers(50, 450), backward=st.booleans())
def test_paging_through_gives_every_object_once(
    account: Account, limit: int, low: int, high: int, backward: bool
) -> None:
    expected = [name for name in NEWEST_FIRST if low <= dict(CUSTOMERS)[name] <= high]
    seen: list[str] = []
    window = f"limit={limit}&created[gte]={low}&created[lte]={high}"
    # Going backward starts below the oldest of all, which only a window without it has in reach.
    cursor = "&ending_before=c1" if backward else ""
    expected = [name for name in expected if not (backward and name == "c1")]
    for _ in range(len(CUSTOMERS) + 1):
        page = ids(account, "customers", window + cursor)
        seen = page + seen if backward else seen + page
        if not has_more(account, "customers", window + cursor):
            break
        cursor = f"&ending_before={page[0]}" if backward else f"&starting_after={page[-1]}"
    assert seen == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"sub_active", "sub_late", "sub_trial"}),
        ("status=all", set(STATUSES.values())),
        ("status=ended", {"sub_gone", "sub_never"}),
        ("status=canceled", {"sub_gone"}),
        ("status=past_due&customer=c1", {"sub_late"}),
    ],
)
def test_ended_subscriptions_are_hidden_unless_asked_for(account: Account, query: str, expected: set[str]) -> None:
    assert set(ids(account, "subscriptions", query)) == expected


@pytest.mark.parametrize(
    ("resource", "query", "expected"),
    [
        ("invoices", "subscription=sub_active", ["in_new", "in_old"]),
        ("invoices", "customer=c1", ["in_new", "in_old"]),
        ("invoices", "status=paid", ["in_old"]),
        ("invoices", "status=open", []),
        ("invoiceitems", "", ["ii_billed", "ii_pending"]),
        ("invoiceitems", "created[lt]=8", ["ii_pending"]),
        ("invoiceitems", "pending=true", ["ii_pending"]),
        ("invoiceitems", "pending=false", ["ii_billed"]),
        ("events", "type=invoice.paid", ["evt_1"]),
        ("events", "type=customer.subscription.*", ["evt_3", "evt_2"]),
        ("events", "types[]=invoice.paid&types[]=customer.subscription.deleted", ["evt_3", "evt_1"]),
        ("events", "types[0]=invoice.paid&types[1]=x", ["evt_1"]),
        ("prices", "active=true", ["p_on"]),
        ("prices", "product=prod_1&type=one_time", ["p_off"]),
        ("coupons", "", []),
    ],
)
def test_filters(account: Account, resource: str, query: str, expected: list[str]) -> None:
    assert ids(account, resource, query) == expected


@pytest.mark.parametrize(
    ("resource", "query", "param", "code"),
    [
        ("customers", "limit=0", "limit", "parameter_invalid_integer"),
        ("customers", "limit=101", "limit", "parameter_invalid_integer"),
        ("customers", "limit=ten", "limit", "parameter_invalid_integer"),
        ("customers", "starting_after=nobody", "starting_after", "resource_missing"),
        ("customers", "ending_before=nobody", "ending_before", "resource_missing"),
        ("customers", "starting_after=c_gone", "starting_after", "resource_missing"),
        ("customers", "starting_after=c1&ending_before=c2", "starting_after", None),
        ("customers", "color=red", "color", "parameter_unknown"),
        ("customers", "created[around]=5", "created[around]", "parameter_unknown"),
        ("customers", "created[gte]=today", "created[gte]", "parameter_invalid_integer"),
        ("customers", "email=", "email", "parameter_invalid_empty"),
        ("subscriptions", "status=sleeping", "status", None),
        ("invoices", "customer=nobody", "customer", "resource_missing"),
        ("prices", "active=maybe", "active", None),
    ],
)
def test_refused_requests(account: Account, resource: str, query: str, param: str, code: str | None) -> None:
    error = refusal(account, resource, query)
    assert (error.status, error.param, error.code) == (400, param, code)


def test_an_id_given_twice_is_the_later_line(account: Account) -> None:
    invoices = account.collections["invoices"]
    stored = invoices.find("in_old")
    assert stored is not None
    assert decode(stored)["status"] == "paid"
    assert len(invoices) == 3


def test_a_deleted_object_that_came_back_is_listed_and_the_reverse(tmp_path: Path) -> None:
    write(
        tmp_path,
        "customers",
        [
            {"id": "back", "object": "customer", "deleted": True},
            {"id": "gone", "object": "customer", "created": 1},
            {"id": "back", "object": "customer", "created": 2},
            {"id": "gone", "object": "customer", "deleted": True},
        ],
    )
    customers = Collection(tmp_path / "customers.ndjson")
    assert customers.ids == ["back"]
    assert customers.find("gone") == b'{"id": "gone", "object": "customer", "deleted": true}'


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{nonsense", "line 3"),
        ('{"object":"customer"}', "line 3"),
        ('{"id":"c9","object":"customer"}', "line 3: `created` is missing"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, complaint: str) -> None:
    (tmp_path / "customers.ndjson").write_text('{"id":"c1","created":1}\n\n' + line + "\n")
    with pytest.raises(DataError, match=complaint):
        Account(tmp_path)


def test_a_file_cut_short_while_served_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "customers.ndjson"
    path.write_text('{"id":"c1","created":1}\n{"id":"c2","created":2}\n')
    customers = Collection(path)
    path.write_text('{"id":"c1"')
    with pytest.raises(DataError, match="became shorter"):
        customers.read(0)
