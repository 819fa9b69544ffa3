"""The dashboards in a real Superset and a real browser (`make test-bi`), on what REVFUNNEL_HOME has published.

Superset takes 900 MB, so `make test` leaves this out.
"""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboards.serve import DEFINITIONS, Superset
from orchestration.settings import load_settings
from tests.bi.dashboards import Session, Shown, layouts, show, sign_in
from tests.chromium import Page, find_chromium, open_chromium

SLUGS = ("revenue", "retention", "funnel", "benchmarks")


@pytest.fixture(scope="module")
def superset(tmp_path_factory: pytest.TempPathFactory) -> Superset:
    """An installation of its own on a copy of the published file; imported twice, as after an upgrade."""
    home = tmp_path_factory.mktemp("bi")
    shutil.copy(load_settings().published_path, home / "published.duckdb")
    found = Superset(home / "superset", home / "published.duckdb")
    found.prepare()
    found.prepare()
    return found


@pytest.fixture(scope="module")
def session(superset: Superset) -> Iterator[Session]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with superset.running(port) as address:
        yield Session(address, superset.password)


@pytest.fixture(scope="module")
def browser(session: Session) -> Iterator[Page]:
    executable = find_chromium()
    if executable is None:
        pytest.skip("no Chromium is installed (Debian: apt-get install chromium)")
    with open_chromium(executable) as page:
        sign_in(page, session)
        yield page


@pytest.fixture(scope="module")
def shown(browser: Page, session: Session) -> dict[str, Shown]:
    return {slug: show(browser, session, layout) for slug, layout in layouts().items()}


@pytest.mark.parametrize("slug", SLUGS)
def test_every_chart_has_data_and_no_error(shown: dict[str, Shown], slug: str) -> None:
    assert shown[slug].errors == []
    assert {chart: rows for chart, rows in shown[slug].answers.items() if not rows or not all(rows)} == {}


def test_all_four_dashboards_with_all_their_charts_are_there(session: Session, shown: dict[str, Shown]) -> None:
    _, told = session.call("/api/v1/dashboard/")
    assert {each["slug"] for each in told["result"]} == set(SLUGS) == set(shown)
    assert sum(len(each.answers) for each in shown.values()) == len(list((DEFINITIONS / "charts").glob("*.yaml")))


def test_the_browser_had_nothing_to_complain_of(shown: dict[str, Shown], browser: Page) -> None:
    assert len(shown) == len(SLUGS)
    assert browser.problems == []


def query(session: Session, sql: str) -> tuple[int, dict[str, Any]]:
    """What SQL Lab answers."""
    _, told = session.call("/api/v1/database/")
    (database,) = told["result"]
    return session.call("/api/v1/sqllab/execute/", {"database_id": database["id"], "sql": sql, "schema": "marts"})


def test_sql_lab_reads_the_published_tables(session: Session, superset: Superset) -> None:
    status, told = query(session, "select cast(sum(closing_mrr) as varchar) as mrr from marts.nrr_monthly")
    with duckdb.connect(str(superset.published), read_only=True) as connection:
        row = connection.execute("select cast(sum(closing_mrr) as varchar) from marts.nrr_monthly").fetchone()
    assert status == 200, told
    assert row and told["data"] == [{"mrr": row[0]}]


def test_a_new_publish_is_seen_at_once(session: Session, superset: Superset) -> None:
    asked = "select run_id from marts.meta"
    before = query(session, asked)[1]["data"]
    aside = superset.published.with_name("aside.duckdb")
    shutil.copy(superset.published, aside)
    with duckdb.connect(str(aside)) as connection:
        connection.execute("update marts.meta set run_id = 'the next one'")
    aside.replace(superset.published)
    assert before != [{"run_id": "the next one"}] == query(session, asked)[1]["data"]


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('/etc/passwd')",
        "select * from '/etc/passwd'",
        "copy (select 1 as one) to '{folder}/out.csv'",
        "attach '{folder}/other.duckdb'",
        "install httpfs",
        "set enable_external_access = true",
        "create table marts.mine as select 1 as one",
        "delete from marts.meta",
    ],
)
def test_sql_lab_reads_no_file_and_writes_nothing(session: Session, tmp_path: Path, sql: str) -> None:
    status, told = query(session, sql.format(folder=tmp_path))
    assert status >= 400, told
    assert "root:" not in str(told)
    assert list(tmp_path.iterdir()) == []
