"""E-mail addresses on their way into the published copy: masked where people type, refused elsewhere."""

from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration import publish
from orchestration.published_addresses import without_addresses
from orchestration.published_tables import data_dictionary, marked_columns
from orchestration.settings import UserError

META = {"published_at": datetime(2026, 3, 15, tzinfo=UTC), "reporting_currency": "usd"}

# As people type them; what is left without the address is read off by hand.
TYPED = [
    ("New deal: jane@x.com", "New deal: [e-mail]"),
    ("Jane (jane.doe+crm@mail.x.co.uk) and bo@y.se, renewal", "Jane ([e-mail]) and [e-mail], renewal"),
    ("<o'brien@x.com>", "<[e-mail]>"),
    ('"jane doe"@x.com', '"jane doe"[e-mail]'),
    ("a@b.com@c.com", "[e-mail][e-mail]"),
    ("Workshop @ Acme 2.0", "Workshop @ Acme 2.0"),
    ("Acme.com", "Acme.com"),
    (None, None),
]


@pytest.fixture
def typed(tmp_path: Path) -> Path:
    """A warehouse with deals, and a company, named as in TYPED."""
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.fct_deals (deal_id varchar, deal_name varchar, stage_id varchar)")
        connection.executemany(
            "insert into marts.fct_deals values (?, ?, 'won')", [[str(n), name] for n, (name, _) in enumerate(TYPED)]
        )
        connection.execute(
            "create table marts.dim_customers as select 'cus_1' as customer_id, 'b@y.se' as company_name"
        )
    return path


def test_an_address_in_a_name_that_somebody_typed_is_masked_and_counted(tmp_path: Path, typed: Path) -> None:
    tables = ["fct_deals", "dim_customers"]
    # A build on Spark may leave a table of the warehouse as a view: it is copied, so masked, like a table.
    with duckdb.connect(str(typed)) as connection:
        connection.execute("alter table marts.dim_customers rename to built")
        connection.execute("create view marts.dim_customers as select * from marts.built")
    target = tmp_path / "published.duckdb"
    free_text = {("fct_deals", "deal_name"), ("dim_customers", "company_name")} & marked_columns("free_text")
    copied = publish.publish(typed, target, tables, META, free_text=free_text)
    assert copied.masked == {"fct_deals.deal_name": 5, "dim_customers.company_name": 1}
    with duckdb.connect(str(target), read_only=True) as connection:
        names = connection.execute("select deal_name from marts.fct_deals order by deal_id").fetchall()
        assert names == [(left,) for _, left in TYPED]
        assert connection.execute("select * from marts.dim_customers").fetchall() == [("cus_1", "[e-mail]")]
    assert b"x.com" in typed.read_bytes()
    assert b"x.com" not in target.read_bytes()
    assert [without_addresses(name) for name, _ in TYPED if name] == [left for _, left in TYPED if left]


def test_an_address_in_a_column_that_is_not_documented_to_hold_one_keeps_the_last_good_file(
    tmp_path: Path, typed: Path
) -> None:
    target = tmp_path / "published.duckdb"
    publish.publish(typed, target, ["fct_deals"], META, free_text={("fct_deals", "deal_name")})
    before = target.read_bytes()
    with duckdb.connect(str(typed)) as connection:
        connection.execute("create table marts.people as select 'at @ noon' as note, 'ann@acme.example' as who")
    with pytest.raises(UserError, match=r"e-mail addresses in people\.who"):
        publish.publish(typed, target, ["people"], META)
    assert target.read_bytes() == before
    publish.publish(typed, target, ["people"], META, personal={("people", "who")})
    assert target.read_bytes() != before


def test_an_address_in_an_id_or_an_undocumented_column_still_refuses(tmp_path: Path, typed: Path) -> None:
    target = tmp_path / "published.duckdb"
    with duckdb.connect(str(typed)) as connection:
        connection.execute("update marts.fct_deals set deal_id = 'jane@x.com' where deal_id = '7'")
    with pytest.raises(UserError, match=r"addresses in fct_deals\.deal_id\. "):
        publish.publish(typed, target, ["fct_deals"], META, free_text={("fct_deals", "deal_name")})
    assert not target.exists()


def test_the_asset_masks_what_the_models_mark_as_free_text(
    tmp_path: Path, typed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @dg.asset(key=["marts", "fct_deals"])
    def fct_deals() -> None: ...

    with duckdb.connect(str(typed)) as connection:
        connection.execute("alter table marts.fct_deals add column pipeline_label varchar default 'Ask bo@y.se'")
        connection.execute("alter table marts.fct_deals add column stage_label varchar")
    monkeypatch.setenv("REVFUNNEL_HOME", str(tmp_path))
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([publish.published_asset(fct_deals, [])], instance=instance)
    (event,) = result.asset_materializations_for_node("published")
    masked = event.metadata["texts_with_masked_addresses"].value
    assert masked == {"fct_deals.deal_name": 5, "fct_deals.pipeline_label": len(TYPED)}


def test_every_name_and_label_of_a_mart_says_who_wrote_it() -> None:
    columns = {(row[0], row[1]) for row in data_dictionary().rows}
    named = {each for each in columns if str(each[1]).endswith(("_name", "_label"))}
    assert len(named) > 5
    assert named - marked_columns("personal_data") == named & marked_columns("free_text")
    assert not marked_columns("personal_data") & marked_columns("free_text")
