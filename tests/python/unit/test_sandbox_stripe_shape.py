"""What a stored Stripe object looks like when it goes out: ids, hidden fields, cut lists, expansion."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.ndjson import decode, encode
from sandbox.stripe_api.account import Account
from sandbox.stripe_api.catalog import RESOURCES
from sandbox.stripe_api.errors import StripeError
from sandbox.stripe_api.expand import Tree, expand_tree
from sandbox.stripe_api.schema import SCHEMAS, Child, Fields, Group, Listing, Ref
from sandbox.stripe_api.shape import NESTED_PAGE, Shaper

DISCOUNT = {
    "id": "di_1",
    "object": "discount",
    "customer": "cus_1",
    "source": {"type": "coupon", "coupon": {"id": "half", "object": "coupon", "percent_off": 50}},
}
PRICE = {
    "id": "price_1",
    "object": "price",
    "product": "prod_1",
    "unit_amount": 4900,
    "tiers": [{"up_to": None}],
    "recurring": {"interval": "month"},
}


def item(number: int, **extra: Any) -> dict[str, Any]:
    return {"id": f"si_{number}", "object": "subscription_item", "price": PRICE, "discounts": [DISCOUNT], **extra}


def subscription(items: int = 1) -> dict[str, Any]:
    return {
        "id": "sub_1",
        "object": "subscription",
        "customer": "cus_1",
        "discounts": [DISCOUNT],
        "items": {"object": "list", "data": [item(number) for number in range(items)], "has_more": False, "url": "/x"},
        "latest_invoice": "in_1",
        "metadata": {"customer": {"kept": "as it is"}},
    }


OBJECTS = {
    "cus_1": {"id": "cus_1", "object": "customer", "email": "a@b.example"},
    "prod_1": {"id": "prod_1", "object": "product", "default_price": "price_1"},
    "price_1": PRICE,
    "in_1": {"id": "in_1", "object": "invoice", "customer": "cus_1", "discounts": [DISCOUNT]},
}


def nothing(_kind: str | None, _object_id: str) -> None:
    """A folder in which no id can be looked up."""


def shaped(value: dict[str, Any], *paths: str) -> dict[str, Any]:
    tree = expand_tree(list(paths), value["object"], in_list=False)
    shaper = Shaper(value["object"], tree, lambda _kind, object_id: OBJECTS.get(object_id))
    return json.loads(shaper.render(encode(value)))


def test_discounts_are_ids_unless_expanded() -> None:
    plain = shaped(subscription())
    assert plain["discounts"] == ["di_1"]
    assert plain["items"]["data"][0]["discounts"] == ["di_1"]
    assert plain["metadata"] == {"customer": {"kept": "as it is"}}


def test_an_expanded_discount_shows_its_coupon_as_an_id() -> None:
    expanded = shaped(subscription(), "discounts", "items.data.discounts")
    assert expanded["discounts"][0]["source"] == {"type": "coupon", "coupon": "half"}
    assert expanded["items"]["data"][0]["discounts"][0]["source"]["coupon"] == "half"


def test_an_expanded_coupon_is_the_object() -> None:
    expanded = shaped(subscription(), "discounts.source.coupon")
    assert expanded["discounts"] == [DISCOUNT]
    assert expanded["items"]["data"][0]["discounts"] == ["di_1"]


def test_a_customers_discount_stands_inline_with_its_coupon_as_an_id() -> None:
    customer = {"id": "cus_1", "object": "customer", "discount": DISCOUNT}
    assert shaped(customer)["discount"]["source"]["coupon"] == "half"
    assert shaped(customer, "discount.source.coupon") == customer


def test_an_older_discount_keeps_its_coupon() -> None:
    old = {"id": "di_2", "object": "discount", "coupon": {"id": "half", "object": "coupon"}}
    invoice = {"id": "in_1", "object": "invoice", "discount": old, "discounts": ["di_2"]}
    assert shaped(invoice) == invoice


def test_tiers_are_hidden_unless_expanded() -> None:
    assert "tiers" not in shaped(PRICE)
    assert "tiers" not in shaped({**PRICE, "tiers": None})
    assert shaped(PRICE, "tiers") == PRICE
    assert "tiers" not in shaped(subscription())["items"]["data"][0]["price"]
    assert shaped(subscription(), "items.data.price.tiers")["items"]["data"][0]["price"]["tiers"] == PRICE["tiers"]


def test_what_a_price_costs_in_other_currencies_is_hidden_and_its_tiers_there_again() -> None:
    euro = {"unit_amount": None, "tiers": [{"up_to": None, "unit_amount": 9}]}
    price = {**PRICE, "currency_options": {"eur": euro, "usd": {"unit_amount": None, "tiers": PRICE["tiers"]}}}
    assert "currency_options" not in shaped(price, "tiers")
    bare = {"eur": {"unit_amount": None}, "usd": {"unit_amount": None}}
    assert shaped(price, "currency_options")["currency_options"] == bare
    assert shaped(price, "currency_options.eur.tiers")["currency_options"] == {**bare, "eur": euro}
    flat = {**PRICE, "currency_options": {"eur": {"unit_amount": 900}}}
    assert shaped(flat, "tiers", "currency_options") == flat


def test_ids_are_looked_up_when_expanded() -> None:
    expanded = shaped(subscription(), "customer", "latest_invoice.customer", "items.data.price.product")
    assert expanded["customer"] == OBJECTS["cus_1"]
    assert expanded["latest_invoice"]["customer"] == OBJECTS["cus_1"]
    assert expanded["latest_invoice"]["discounts"] == ["di_1"]
    assert expanded["items"]["data"][0]["price"]["product"] == OBJECTS["prod_1"]


def test_an_id_that_the_folder_does_not_have_stays_an_id() -> None:
    assert shaped({**subscription(), "schedule": "sub_sched_1"}, "schedule")["schedule"] == "sub_sched_1"


@pytest.mark.parametrize("items", [0, 1, NESTED_PAGE, NESTED_PAGE + 1, 14])
def test_nested_lists_are_cut(items: int) -> None:
    nested = shaped(subscription(items))["items"]
    assert [each["id"] for each in nested["data"]] == [f"si_{number}" for number in range(min(items, NESTED_PAGE))]
    assert nested["has_more"] is (items > NESTED_PAGE)


def test_a_balance_transactions_source_is_an_id_unless_expanded() -> None:
    charge = {"id": "ch_1", "object": "charge", "customer": "cus_1", "amount": 100}
    transaction = {"id": "txn_1", "object": "balance_transaction", "source": charge, "exchange_rate": 1.25}
    assert shaped(transaction)["source"] == "ch_1"
    assert shaped(transaction, "source") == transaction
    assert shaped(transaction, "source.customer")["source"]["customer"] == OBJECTS["cus_1"]


def test_events_carry_their_object_as_it_was() -> None:
    event = {"id": "evt_1", "object": "event", "data": {"object": subscription(14)}}
    assert shaped(event) == event


def test_what_needs_no_shaping_goes_out_byte_for_byte() -> None:
    stored = (
        b'{"id":"in_1","object":"invoice","customer":"cus_1","discounts":["di_1"],"rate": 1.50,\n"lines":{"data":[]}}'
    )
    tree = expand_tree(["discounts"], "invoice", in_list=False)
    assert Shaper("invoice", {}, nothing).render(stored) is stored
    assert Shaper("invoice", tree, nothing).render(stored) is stored


def test_shaping_keeps_the_digits_of_numbers() -> None:
    stored = b'{"id":"sub_1","object":"subscription","discounts":[{"id":"di_1"}],"rate":1.10,"big":12345678901234567}'
    assert b'"rate":1.10,"big":12345678901234567' in Shaper("subscription", {}, nothing).render(stored)


@pytest.mark.parametrize(
    ("paths", "in_list", "message"),
    [
        (["data.items.data.price.product"], True, "You cannot expand more than 4 levels of a property."),
        (["customer"], True, "You may want to try expanding 'data.customer' instead."),
        (["status"], False, "This property cannot be expanded (status)."),
        (["data.items.price"], True, "This property cannot be expanded (data.items.price)."),
        (["customer.nothing"], False, "This property cannot be expanded (customer.nothing)."),
    ],
)
def test_paths_that_cannot_be_expanded(paths: list[str], in_list: bool, message: str) -> None:
    with pytest.raises(StripeError, match="expand") as refused:
        expand_tree(paths, "subscription", in_list=in_list)
    assert message in refused.value.message
    assert refused.value.body()["error"]["type"] == "invalid_request_error"


def everything_inline(fields: Fields) -> Tree:
    """The tree that expands whatever can stand inline in a folder, as deep as objects are nested there."""
    tree: Tree = {}
    for name, rule in fields.items():
        match rule:
            case Ref(kind):
                tree[name] = everything_inline(SCHEMAS[kind]) if kind in ("discount", "coupon", "charge") else {}
            case Child(kind):
                tree[name] = everything_inline(SCHEMAS[kind])
            case Listing(kind):
                tree[name] = {"data": everything_inline(SCHEMAS[kind])}
            case Group(group):
                tree[name] = everything_inline(group)
            case _:
                tree[name] = {}
    return tree


@pytest.mark.parametrize("resource", sorted(RESOURCES))
def test_expanding_everything_gives_back_the_files_object(scenarios_dir: Path, resource: str) -> None:
    """Collapsing loses nothing: whatever is left out or turned into an id comes back when it is expanded."""
    kind = RESOURCES[resource].kind
    collection = Account(scenarios_dir / "stripe").collections[resource]
    # Without lookups: what the file has as an id stays one.
    shaper = Shaper(kind, everything_inline(SCHEMAS.get(kind, {})), nothing)
    for rank in range(len(collection)):
        stored = decode(collection.read(rank))
        shown = shaper.shape(stored)
        for rule_name, rule in SCHEMAS.get(kind, {}).items():
            if isinstance(rule, Listing) and len(stored[rule_name]["data"]) > NESTED_PAGE:
                assert shown[rule_name]["has_more"]
                shown[rule_name] = {
                    **shown[rule_name],
                    "data": shown[rule_name]["data"] + stored[rule_name]["data"][NESTED_PAGE:],
                    "has_more": False,
                }
        assert shown == stored


@pytest.mark.parametrize("resource", sorted(RESOURCES))
def test_the_byte_for_byte_path_and_the_rebuilding_path_agree(scenarios_dir: Path, resource: str) -> None:
    kind = RESOURCES[resource].kind
    account = Account(scenarios_dir / "stripe")
    collection = account.collections[resource]
    for tree in ({}, everything_inline(SCHEMAS.get(kind, {}))):
        shaper = account.shaper(kind, tree)
        for rank in range(len(collection)):
            stored = collection.read(rank)
            assert decode(shaper.render(stored)) == shaper.shape(decode(stored))
