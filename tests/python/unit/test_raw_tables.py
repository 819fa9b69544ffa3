"""Raw tables written from a generated folder: every object is there, and copies are companies of their own."""

import json
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from sandbox.company import generate
from tests.raw_tables import FILES, HUBSPOT, SHARED, STRIPE, Copies, open_warehouse, write_folder

AT = datetime(2026, 11, 15, 12, tzinfo=UTC)
LINKS = (
    ("contacts_companies", "contacts", "companies"),
    ("deals_companies", "deals", "companies"),
    ("deals_contacts", "deals", "contacts"),
    ("meetings_contacts", "meetings", "contacts"),
    ("meetings_deals", "meetings", "deals"),
    ("feedback_submissions_contacts", "feedback_submissions", "contacts"),
)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("raw") / "company"
    generate(folder, customers=60, months=12, seed=3, as_of=AT)
    return folder


@pytest.fixture(scope="module", params=[1, 3])
def copied(request: pytest.FixtureRequest, company: Path) -> tuple[int, duckdb.DuckDBPyConnection]:
    connection = open_warehouse(company.parent / f"copies-{request.param}.duckdb")
    write_folder(connection, company, AT, Copies(request.param))
    return request.param, connection


def lines(company: Path, source: str, stream: str) -> int:
    path = company / source / f"{FILES.get(stream, stream)}.ndjson"
    return len(path.read_text().splitlines()) if path.exists() else 0


def test_every_line_is_a_row_of_every_copy(company: Path, copied: tuple[int, duckdb.DuckDBPyConnection]):
    copies, connection = copied
    for source, streams in (("stripe", STRIPE), ("hubspot", HUBSPOT)):
        for stream in streams:
            expected = lines(company, source, stream) * (1 if stream in SHARED else copies)
            rows = f"select count(*), count(distinct id), count(created_at) from raw_{source}.{stream}"
            total, ids, dated = connection.execute(rows).fetchall()[0]
            assert (total, ids) == (expected, expected), stream
            if stream in ("events", "web_analytics_sources", "meter_event_summaries", "charges"):
                assert dated == expected > 0, stream


def test_links_lead_to_objects_of_the_same_copy(copied: tuple[int, duckdb.DuckDBPyConnection]):
    _, connection = copied
    for link, near, far in LINKS:
        total, found = connection.execute(
            f"""
            select count(*), count(nears.id) filter (where fars.id is not null)
            from raw_hubspot.associations_{link} as links
            left join raw_hubspot.{near} as nears on nears.id = links.payload ->> 'from'
            left join raw_hubspot.{far} as fars on fars.id = links.payload ->> 'to'
            """
        ).fetchall()[0]
        assert total == found > 0, link
    (strangers,) = connection.execute(
        "select count(*) from raw_hubspot.events anti join raw_hubspot.contacts as contacts "
        "on contacts.id = events.payload ->> 'objectId'"
    ).fetchall()[0]
    assert strangers == 0


def test_an_amount_that_looks_like_an_id_stays(tmp_path: Path):
    deal = {"id": "3000001", "properties": {"hs_object_id": "3000001", "amount": "1050000"}, "archived": False}
    (tmp_path / "hubspot").mkdir()
    (tmp_path / "hubspot/deals.ndjson").write_text(json.dumps(deal, separators=(",", ":")) + "\n")
    with open_warehouse(tmp_path / "warehouse.duckdb") as connection:
        write_folder(connection, tmp_path, AT, Copies(2))
        rows = connection.execute("select id, payload from raw_hubspot.deals order by id").fetchall()
    assert [identifier for identifier, _ in rows] == ["13000001", "23000001"]
    for identifier, payload in rows:
        assert json.loads(payload)["properties"] == {"hs_object_id": identifier, "amount": "1050000"}
