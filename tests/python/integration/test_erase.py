"""Erasure: no byte of the person is left in the warehouse's file, and no figure has changed."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.erase import erase, main
from orchestration.erasure.stored import RULES
from orchestration.settings import UserError
from tests.python.small_accounts.erased_person import CONTACT, DEAL, EVENT, INVOICE, OTHER, SECRETS, Home, customer


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    yield Home(tmp_path)


def test_nothing_personal_is_left_in_the_file(home: Home) -> None:
    before = home.settings.warehouse_path.read_bytes().lower()
    assert b"lovelace" in before
    erased = erase("cus_1", home.settings)
    assert erased.versions["customers"] == 2
    erase("contacts:500", home.settings)
    after = home.settings.warehouse_path.read_bytes().lower()
    assert [secret for secret in SECRETS if secret in after] == []
    for table in ("customers", "invoices", "charges", "events", "refunds", "balance_transactions"):
        if table in RULES["stripe"]:
            texts = json.dumps(home.objects(f"raw_stripe.{table}")).lower().encode()
            assert [secret for secret in SECRETS if secret in texts] == []
    assert home.rows("select payload from raw_stripe.rejected") == [(None,)]


def test_the_money_the_others_and_the_versions_stay(home: Home) -> None:
    counts = "select count(*), min(extracted_at), count(*) filter (_dlt_valid_to is null) from raw_stripe.customers"
    before = home.rows(counts)
    erase("cus_1", home.settings)
    assert home.rows(counts) == before
    blank = home.objects("raw_stripe.customers")[0]
    assert blank["address"] == {"line1": None, "city": None, "country": "GB"}
    assert blank["metadata"] == {"segment": "SMB", "hubspot_company_id": "71"}
    assert (blank["balance"], blank["currency"], blank["name"]) == (-300, "gbp", None)
    (invoice,) = home.objects("raw_stripe.invoices")
    assert (invoice["total"], invoice["lines"]["data"][0]["amount"]) == (4900, 4900)
    assert invoice["discounts"] == INVOICE["discounts"]
    (balance,) = home.objects("raw_stripe.balance_transactions")
    assert (balance["exchange_rate"], balance["source"]["amount"]) == (1.25, 4900)
    assert OTHER in home.objects("raw_stripe.customers")


def test_a_contact_takes_merged_records_along_and_no_deal_of_the_same_number(home: Home) -> None:
    with pytest.raises(UserError, match="no customer"):
        erase("777", home.settings)
    erased = erase("500", home.settings)
    assert erased.versions == {"contacts": 2}
    assert erased.mentions >= 2, "her e-mail stood in Stripe too"
    contact = home.objects("raw_hubspot.contacts")[0]
    assert contact["properties"]["lifecyclestage"] == "customer"
    assert contact["propertiesWithHistory"] == CONTACT["propertiesWithHistory"]
    assert (contact["properties"]["email"], contact["properties"]["jobtitle"]) == (None, None)
    assert home.objects("raw_hubspot.deals") == [DEAL]
    assert {"[erased]", "bob@other.example"} < {value["email"] for value in home.objects("raw_stripe.customers")}


def test_a_sync_of_an_erased_person_brings_nothing_back(home: Home) -> None:
    erase("cus_1", home.settings)
    assert home.stripe({"customers": [customer(), OTHER], "invoices": [INVOICE], "events": [EVENT]}) == 0
    moved = {**customer("ada@elsewhere.example"), "balance": -500}
    assert home.stripe({"customers": [moved]}) == 1
    last = home.objects("raw_stripe.customers")[-1]
    assert (last["email"], last["balance"]) == (None, -500)
    assert home.stripe({"customers": [{"id": "cus_1", "object": "customer", "deleted": True}]}) == 1


def test_what_was_erased_is_recorded_without_the_data_and_once(home: Home) -> None:
    for _ in range(2):
        erase("cus_1", home.settings)
    keys = [key for (key,) in home.rows("select key from raw_stripe.erasures order by key")]
    assert "cus_1" in keys
    assert len(keys) == len(set(keys))


def test_the_warehouse_can_be_loaded_and_read_afterwards(home: Home) -> None:
    erase("cus_1", home.settings)
    assert home.stripe({"customers": [{**OTHER, "name": "Bob Changed"}]}) == 1
    assert not list(home.settings.home.glob("*.erasing"))


def test_the_command_says_what_to_do_next(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REVFUNNEL_HOME", str(home.settings.home))
    assert main(["cus_1"]) == 0
    printed = capsys.readouterr().out
    assert "customers 2" in printed
    assert "make run" in printed
    assert "ovelace" not in printed
    assert main(["cus_unknown"]) == 1
    assert "no customer" in capsys.readouterr().err


def test_a_warehouse_open_elsewhere_is_left_alone(home: Home) -> None:
    program = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(home.settings.warehouse_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(UserError, match=rf"is open in another process .*process id {holder.pid}"):
            erase("cus_1", home.settings)
        holder.communicate("\n")


def test_addresses_that_hers_is_a_part_of_stay(home: Home) -> None:
    neighbours = "lisa.ada@lovelace.example, ada@lovelace.example.org"
    home.stripe({}, rejected=b'{"id":"cus_7","email":"lisa.ada@lovelace.example"')
    deal = {**DEAL, "id": "501", "properties": {"dealname": f"{neighbours}, ada@lovelace.example."}}
    home.land("hubspot", {"deals": [deal]})
    erase("cus_1", home.settings)
    assert home.objects("raw_hubspot.deals")[-1]["properties"]["dealname"] == f"{neighbours}, [erased]."
    kept = home.rows("select payload from raw_stripe.rejected order by payload nulls first")
    assert kept == [(None,), ('{"id":"cus_7","email":"lisa.ada@lovelace.example"',)]


def test_a_file_that_is_no_warehouse_is_not_said_to_be_open(home: Home) -> None:
    home.settings.warehouse_path.write_text("x" * 10_000)
    with pytest.raises(UserError, match=r"cannot be opened: .*not a valid DuckDB"):
        erase("cus_1", home.settings)
