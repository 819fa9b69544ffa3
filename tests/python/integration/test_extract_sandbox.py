"""Extraction of the hand-made scenarios through the real SDKs, the sandbox, dlt and DuckDB."""

import json
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pydantic import SecretStr

from orchestration.extraction import extract
from orchestration.hubspot import streams as hubspot_streams
from orchestration.hubspot.client import check_access as check_hubspot
from orchestration.hubspot.fetch import fetch as fetch_hubspot
from orchestration.landing import Landed
from orchestration.settings import Settings, UserError
from orchestration.stripe import streams as stripe_streams
from orchestration.stripe.client import check_access as check_stripe
from orchestration.stripe.fetch import fetch as fetch_stripe

Rows = Callable[[str], list[tuple[Any, ...]]]
SOURCES = [("stripe", stripe_streams.STREAMS, fetch_stripe), ("hubspot", hubspot_streams.STREAMS, fetch_hubspot)]


def settings_for(base: str, home: Path, *, key: str = "sk_test_1", token: str = "token") -> Settings:
    """Settings that read both vendors at one address."""
    return Settings(
        stripe_api_key=SecretStr(key),
        hubspot_access_token=SecretStr(token),
        stripe_api_base=base,
        hubspot_api_base=base,
        home=home,
    )


def run(source: str, load: str, streams: Any, fetch: Any, settings: Settings) -> dict[str, Landed]:
    """Extract without a word."""
    return extract(source=source, load=load, streams=streams, fetch=fetch, settings=settings, log=lambda _: None)


def extract_all(settings: Settings) -> dict[str, Landed]:
    """Every stream of both sources."""
    landed: dict[str, Landed] = {}
    for source, streams, fetch in SOURCES:
        for group, members in groupby(streams, lambda stream: stream.group):
            landed |= run(source, group, list(members), fetch, settings)
    return landed


@pytest.fixture(scope="module")
def twice(scenarios_server: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, list[dict[str, Landed]]]:
    """The scenarios, extracted twice into one warehouse."""
    settings = settings_for(scenarios_server, tmp_path_factory.mktemp("home"))
    return settings, [extract_all(settings), extract_all(settings)]


@pytest.fixture(scope="module")
def rows(twice: tuple[Settings, list[dict[str, Landed]]]) -> Rows:
    """Run a query on that warehouse."""

    def run(query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(twice[0].warehouse_path), read_only=True) as connection:
            return connection.execute(query).fetchall()

    return run


def served(folder: Path) -> dict[str, dict[str, Any]]:
    """The objects of an NDJSON file by id, the last line of an id counting."""
    with folder.open() as lines:
        objects = [json.loads(line) for line in lines]
    return {str(value.get("id") or value.get("value")): value for value in objects}


@pytest.mark.parametrize(
    ("source", "stream"),
    [("stripe", stream.name) for stream in stripe_streams.STREAMS]
    + [("hubspot", stream.name) for stream in hubspot_streams.STREAMS if stream.kind not in ("associations", "single")],
)
def test_every_object_of_every_stream_lands_once(rows: Rows, scenarios_dir: Path, source: str, stream: str) -> None:
    file = scenarios_dir / source / f"{stream}.ndjson"
    expected = served(file) if file.exists() else {}
    landed = rows(f"select id, _dlt_valid_to is null from raw_{source}.{stream}")
    assert sorted(landed) == sorted((identifier, True) for identifier in expected)


def test_a_second_run_writes_nothing(twice: tuple[Settings, list[dict[str, Landed]]]) -> None:
    _, (first, second) = twice
    assert {name: landed.new_versions for name, landed in second.items() if landed.new_versions} == {}
    assert second["invoices"].fetched == second["subscriptions"].fetched == 0  # their events say that nothing changed
    assert sum(landed.rejected + landed.duplicates for landed in first.values()) == 0


def test_nested_lists_are_whole(rows: Rows, scenarios_dir: Path) -> None:
    for stream, field in (("subscriptions", "items"), ("invoices", "lines")):
        long = {
            identifier: [entry["id"] for entry in value[field]["data"]]
            for identifier, value in served(scenarios_dir / "stripe" / f"{stream}.ndjson").items()
            if len(value[field]["data"]) > 10
        }
        assert long
        for identifier, entries in long.items():
            ((payload,),) = rows(f"select payload from raw_stripe.{stream} where id = '{identifier}'")
            landed = json.loads(payload)[field]
            assert [entry["id"] for entry in landed["data"]] == entries
            assert landed["has_more"] is False


def test_subscriptions_come_in_every_status(rows: Rows) -> None:
    statuses = {status for (status,) in rows("select distinct payload ->> 'status' from raw_stripe.subscriptions")}
    assert statuses >= {"active", "canceled", "incomplete_expired"}


def test_discounts_are_whole_objects_with_their_coupon(rows: Rows) -> None:
    payloads = rows("select payload from raw_stripe.subscriptions where payload like '%\"discount\"%'")
    discounts = [discount for (payload,) in payloads for discount in json.loads(payload)["discounts"]]
    assert discounts
    for discount in discounts:
        coupon = discount.get("coupon") or discount["source"]["coupon"]
        assert coupon["object"] == "coupon"


def test_prices_have_their_tiers(rows: Rows, scenarios_dir: Path) -> None:
    tiered = {
        identifier: value["tiers"]
        for identifier, value in served(scenarios_dir / "stripe" / "prices.ndjson").items()
        if value.get("tiers")
    }
    assert tiered
    for identifier, tiers in tiered.items():
        ((payload,),) = rows(f"select payload from raw_stripe.prices where id = '{identifier}'")
        assert json.loads(payload)["tiers"] == tiers


def test_deleted_customers_are_tombstones(rows: Rows, scenarios_dir: Path) -> None:
    deleted = [
        (identifier,)
        for identifier, value in served(scenarios_dir / "stripe" / "customers.ndjson").items()
        if value.get("deleted")
    ]
    assert deleted
    assert rows("select id from raw_stripe.customers where deleted order by id") == sorted(deleted)


def test_archived_crm_objects_are_tombstones(rows: Rows, scenarios_dir: Path) -> None:
    for stream in ("contacts", "companies", "deals"):
        objects = served(scenarios_dir / "hubspot" / f"{stream}.ndjson")
        archived = sorted((identifier,) for identifier, value in objects.items() if value["archived"])
        assert rows(f"select id from raw_hubspot.{stream} where deleted order by id") == archived


@pytest.mark.parametrize(("stream", "name"), [("contacts", "lifecyclestage"), ("deals", "dealstage")])
def test_histories_are_whole(rows: Rows, scenarios_dir: Path, stream: str, name: str) -> None:
    for identifier, value in served(scenarios_dir / "hubspot" / f"{stream}.ndjson").items():
        ((payload,),) = rows(f"select payload from raw_hubspot.{stream} where id = '{identifier}'")
        expected = value["propertiesWithHistory"].get(name, [])
        landed = json.loads(payload)["propertiesWithHistory"].get(name, [])
        assert [entry["value"] for entry in landed] == [entry["value"] for entry in expected]


def test_associations_have_one_row_a_pair(rows: Rows) -> None:
    for stream in ("contacts_companies", "deals_companies", "deals_contacts"):
        landed = rows(f"select id, payload from raw_hubspot.associations_{stream}")
        assert landed
        for identifier, payload in landed:
            value = json.loads(payload)
            assert set(value) == {"from", "to", "types"}
            assert identifier == f"{value['from']}:{value['to']}"
            assert all(set(kind) == {"category", "typeId", "label"} for kind in value["types"])


def test_associations_alone_find_their_objects(scenarios_server: str, tmp_path: Path) -> None:
    streams = [stream for stream in hubspot_streams.STREAMS if stream.name == "associations_deals_contacts"]
    settings = settings_for(scenarios_server, tmp_path)
    landed = run("hubspot", "crm", streams, fetch_hubspot, settings)
    assert landed["associations_deals_contacts"].fetched > 0


def test_access_is_checked_with_one_line(scenarios_server: str, tmp_path: Path) -> None:
    right = settings_for(scenarios_server, tmp_path)
    check_stripe(right)
    check_hubspot(right)
    wrong = settings_for(scenarios_server, tmp_path, key="nonsense_secret", token="wrong")
    with pytest.raises(UserError, match="STRIPE_API_KEY") as stripe_line:
        check_stripe(wrong)
    with pytest.raises(UserError, match="HUBSPOT_ACCESS_TOKEN") as hubspot_line:
        check_hubspot(wrong)
    for caught in (stripe_line, hubspot_line):
        assert "401" in str(caught.value)
        assert "\n" not in str(caught.value)
        assert "secret" not in str(caught.value)
