"""Later runs over an account that lives: what changed is read, nothing else, and the end is the server's state."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.settings import UserError
from orchestration.stripe import catch_up
from orchestration.stripe.reader import StreamReader
from tests.python.stripe_account import Account

NOW = "2026-03-15T12:00:00Z"


@pytest.fixture
def account(sandbox_server: Callable[[Path], str], scenarios_dir: Path, tmp_path: Path) -> Account:
    """The scenarios on the evening of their last day, read once."""
    account = Account(sandbox_server(scenarios_dir), tmp_path)
    account.call("PUT", "/clock", {"now": NOW})
    for number in range(3):
        account.put("customers", id=f"cus_{number}", email="a@example.com", livemode=True)
    account.put("coupons", id="SPRING", percent_off=10, livemode=True)
    account.put("products", id="prod_1", name="Old name", livemode=True)
    account.sync()
    account.requests()
    return account


def test_a_run_in_which_nothing_changed_asks_almost_nothing(account: Account) -> None:
    landed = account.next_run_reads_only()
    assert sum(told.fetched for told in landed.values() if told) <= 5
    assert sum(account.requests().values()) <= 5


def test_a_changed_object_is_fetched_once_in_the_shape_of_the_list(account: Account) -> None:
    identifier, items = account.rows(
        "select id, json_array_length(payload, '$.items.data') from raw_stripe.subscriptions order by 2 desc limit 1"
    )[0]
    assert items > 10
    for number in range(3):
        account.wait(0.01)
        account.put("subscriptions", id=identifier, metadata={"n": str(number)})
    account.next_run_reads_only(subscriptions=1, events=3)
    asked = account.requests()
    assert asked["GET /v1/subscriptions/{id}"] == 1
    assert "GET /v1/subscriptions" not in asked
    ((payload,),) = account.rows(
        f"select payload from raw_stripe.subscriptions where id = '{identifier}' and _dlt_valid_to is null"
    )
    landed = json.loads(payload)
    assert landed["metadata"]["n"] == "2"
    assert (len(landed["items"]["data"]), landed["items"]["has_more"]) == (items, False)
    account.next_run_reads_only()


def test_many_new_objects_are_read_by_the_page(account: Account) -> None:
    account.wait(1)
    account.call("POST", "/stripe/customers", [{"id": f"cus_new{n}", "livemode": True} for n in range(250)])
    account.next_run_reads_only(customers=250, events=250)
    asked = account.requests()
    assert asked["GET /v1/customers"] == 3
    assert "GET /v1/customers/{id}" not in asked


def test_catching_up_goes_on_where_it_was_stopped(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [f"cus_many{number:03d}" for number in range(300)]
    account.call("POST", "/stripe/customers", [{"id": each, "livemode": True} for each in ids])
    account.wait(1)
    account.put("products", id="prod_1", name="Newer than the customers, which are therefore not read as new ones")
    account.sync()
    account.wait(1)
    account.call("POST", "/stripe/customers", [{"id": each, "name": "first"} for each in ids])
    retrieve, asked = StreamReader.retrieve, list[str]()

    def stopping(self: StreamReader, identifier: str) -> bytes | None:
        asked.append(identifier)
        if len(asked) == 180:
            raise UserError("the machine was switched off")
        return retrieve(self, identifier)

    monkeypatch.setattr(StreamReader, "retrieve", stopping)
    monkeypatch.setattr(catch_up, "PART_OBJECTS", 5)
    with pytest.raises(UserError, match="switched off"):
        account.sync()
    # What has been fetched changes again, and once more after the run that goes on.
    account.wait(0.1)
    account.put("customers", id=asked[0], name="second")
    account.delete("customers", asked[1])
    account.requests()
    assert account.sync()["customers"].new_versions == len(ids)
    assert account.requests()["GET /v1/customers/{id}"] <= len(ids) - 180 + 8 * 5 + 2  # eight threads, parts of five
    names = account.current("customers", "name")
    assert (names[asked[0]], names[asked[1]]) == (("second", False), (None, True))
    assert {names[each] for each in ids if each not in asked[:2]} == {("first", False)}
    account.put("customers", id=asked[2], name="third")
    account.next_run_reads_only(customers=1, events=1)


def test_deleted_objects_become_tombstones_that_still_say_what_they_were(account: Account) -> None:
    account.delete("coupons", "SPRING")
    account.delete("customers", "cus_1")
    account.next_run_reads_only(coupons=1, customers=1, events=2)
    assert account.current("coupons", "percent_off")["SPRING"] == ("10", True)
    assert account.current("customers", "email")["cus_1"] == (None, True)
    account.next_run_reads_only()


def test_tombstones_keep_what_events_leave_out(account: Account) -> None:
    tiers = [{"up_to": 10, "unit_amount": 900}, {"up_to": None, "unit_amount": 700}]
    account.put("prices", id="price_tiers", billing_scheme="tiered", tiers_mode="graduated", tiers=tiers, livemode=True)
    account.put("coupons", id="LIMITED", percent_off=10, applies_to={"products": ["prod_1"]}, livemode=True)
    account.sync()
    account.wait(1)
    account.delete("prices", "price_tiers")
    account.delete("coupons", "LIMITED")
    account.put("coupons", id="UNSEEN", percent_off=30, livemode=True)
    account.delete("coupons", "UNSEEN")
    account.next_run_reads_only(coupons=2, prices=1, events=4)
    kinds = "('price.deleted', 'coupon.deleted')"
    told = account.rows(
        f"select payload ->> '$.data.object' from raw_stripe.events where payload ->> 'type' in {kinds}"
    )
    assert not {"tiers", "applies_to"} & {field for (shown,) in told for field in json.loads(shown)}
    assert json.loads(account.current("prices", "tiers")["price_tiers"][0]) == tiers
    assert account.current("prices", "deleted")["price_tiers"] == ("true", True)
    assert json.loads(account.current("coupons", "applies_to")["LIMITED"][0]) == {"products": ["prod_1"]}
    assert account.current("coupons", "percent_off")["UNSEEN"] == ("30", True)


def test_an_object_that_was_deleted_and_made_anew_is_live(account: Account) -> None:
    account.delete("coupons", "SPRING")
    account.put("coupons", id="SPRING", percent_off=20, livemode=True)
    account.sync()
    assert account.current("coupons", "percent_off")["SPRING"] == ("20", False)


def test_after_28_days_everything_is_read_and_what_vanished_is_buried(account: Account) -> None:
    account.wait(1)
    account.delete("coupons", "SPRING")
    account.put("products", id="prod_1", name="New name")
    account.wait(35)
    log: list[str] = []
    landed = account.sync(log=log)
    assert "further than events reach" in landed["products"].notes[0]
    assert any("products: the last read is more than 28 days ago" in line for line in log)
    assert account.current("coupons", "percent_off")["SPRING"] == ("10", True)
    assert account.current("products", "name")["prod_1"] == ("New name", False)
    account.wait(2)
    assert account.next_run_reads_only()["products"].notes == ()


def test_an_idle_account_is_not_read_in_full_again(account: Account) -> None:
    for _ in range(3):
        account.wait(20)
        account.next_run_reads_only()
    assert "GET /v1/products" not in account.requests()


def test_streams_that_are_run_alone_keep_their_own_place(account: Account) -> None:
    account.wait(1)
    account.put("products", id="prod_1", name="New name")
    account.put("coupons", id="SPRING", name="Spring")
    assert account.sync("products")["products"].new_versions == 1
    account.next_run_reads_only(coupons=1, events=2)


def test_an_invoice_item_without_events_is_read_when_its_invoice_changes(account: Account) -> None:
    account.put("customers", id="cus_x", livemode=True)
    item = {"id": "ii_x", "object": "invoiceitem", "customer": "cus_x", "amount": 100, "livemode": True}
    account.call("POST", "/stripe/invoiceitems", {**item, "date": 1_773_500_000, "invoice": None})
    account.sync()
    account.wait(1)
    account.call("POST", "/stripe/invoiceitems?events=false", {"id": "ii_x", "amount": 150})
    account.next_run_reads_only(invoiceitems=1)
    account.call("POST", "/stripe/invoiceitems?events=false", {"id": "ii_x", "invoice": "in_x"})
    line = {"id": "il_x", "object": "line_item", "amount": 150, "invoice_item": "ii_x", "livemode": True}
    lines = {"object": "list", "data": [line], "has_more": False, "url": "/v1/invoices/in_x/lines"}
    account.put("invoices", id="in_x", customer="cus_x", status="open", livemode=True, lines=lines)
    account.sync()
    assert account.current("invoiceitems", "invoice")["ii_x"] == ("in_x", False)


def test_what_the_key_may_not_read_is_skipped_and_read_once_it_may(account: Account) -> None:
    account.put("disputes", id="dp_1", amount=5, livemode=True)
    account.call("PUT", "/forbidden", {"paths": ["/v1/disputes", "/v1/payouts"]})
    log: list[str] = []
    landed = account.sync(log=log)
    assert "403" in landed["disputes"].skipped
    assert any(line.startswith("disputes is skipped: STRIPE_API_KEY may not read") for line in log)
    account.call("PUT", "/forbidden", {"paths": []})
    assert account.sync()["disputes"].skipped == ""
    assert account.current("disputes", "amount") == {"dp_1": ("5", False)}


def test_a_stream_forbidden_from_the_start_has_an_empty_table(
    sandbox_server: Callable[[Path], str], scenarios_dir: Path, tmp_path: Path
) -> None:
    account = Account(sandbox_server(scenarios_dir), tmp_path)
    account.call("PUT", "/forbidden", {"paths": ["/v1/payouts"]})
    assert account.sync()["payouts"].skipped
    assert account.rows("select count(*) from raw_stripe.payouts") == [(0,)]
    account.call("PUT", "/forbidden", {"paths": []})
    account.put("payouts", id="po_1", amount=5, livemode=True)
    assert account.sync()["payouts"].new_versions == 1
