"""The report as HTML: names stay text, no other script may run, charts name their tables; and the asset."""

import base64
import hashlib
import json
import re
from pathlib import Path

import dagster as dg
import pytest

from orchestration.report.asset import report
from tests.python.report_pages.company import HOSTILE, HOSTILE_KEY, tables
from tests.python.report_pages.elements import Elements, page_of
from tests.python.report_pages.published import write_published


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_published(tmp_path_factory.mktemp("report") / "published.duckdb", tables())


def test_names_of_companies_stay_text(full: Path) -> None:
    html = page_of(full)
    assert HOSTILE not in html
    assert HOSTILE_KEY not in html
    assert "&lt;script&gt;window.hacked = true&lt;/script&gt;" in html
    elements = Elements(html)
    assert not [tag for tag, attributes in elements.tags if tag == "img" or "onerror" in attributes]
    assert HOSTILE_KEY in [attributes.get("data-key") for _, attributes in elements.tags]
    assert len(elements.scripts) == 3


def test_what_a_chart_is_told_cannot_end_its_script(tmp_path: Path) -> None:
    path = write_published(tmp_path / "published.duckdb", tables(), meta={"reporting_currency": "</script><b>"})
    elements = Elements(page_of(path))
    assert len(elements.scripts) == 3
    assert "</SCRIPT><B>" in json.dumps(json.loads(elements.scripts[0])["charts"]["chart-bridge"])


def test_the_page_needs_nothing_else_and_runs_no_other_script(full: Path) -> None:
    elements = Elements(page_of(full))
    links = [attributes.get(name) or "" for _, attributes in elements.tags for name in ("src", "href")]
    assert {link for link in links if link and not link.startswith("#")} == {"data:,"}
    policy = next(
        str(attributes["content"]) for tag, attributes in elements.tags if tag == "meta" and "http-equiv" in attributes
    )
    assert policy.startswith("default-src 'none'")
    allowed = set(re.findall(r"'sha256-([^']+)'", policy))
    ours = {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in elements.scripts[1:]}
    assert allowed == ours


def test_every_chart_says_as_of_when_and_links_its_table(full: Path) -> None:
    html = page_of(full)
    figures = re.findall(r"<figure>.*?</figure>", html, re.DOTALL)
    assert len(figures) == 7
    targets = {attributes.get("id") for _, attributes in Elements(html).tags}
    for figure in figures:
        assert "As of 2026-03-15" in figure
        (link,) = re.findall(r'href="#([^"]+)"', figure)
        assert link in targets
        assert re.search(r'role="img" aria-label="[^"]{20,}"', figure)


def test_the_dictionary_says_what_columns_mean_and_how_to_get_the_table(full: Path) -> None:
    html = page_of(full)
    entry = html[html.index('id="table-nrr_monthly"') :].split("</details>")[0]
    assert "select * from marts.nrr_monthly" in entry
    assert "MRR at the end of the month before." in entry


def test_the_asset_links_the_page(full: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVFUNNEL_HOME", str(full.parent))
    done = dg.materialize([report], instance=dg.DagsterInstance.ephemeral())
    (event,) = done.get_asset_materialization_events()
    metadata = event.step_materialization_data.materialization.metadata
    target = full.parent / "report.html"
    assert metadata["page"].value == target.as_uri()
    assert metadata["path"].value == str(target)
    assert "Unit economics" in str(metadata["not_shown"].value)
    assert target.stat().st_size < 2_000_000


def test_the_asset_fails_in_one_line_without_a_published_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVFUNNEL_HOME", str(tmp_path))
    with pytest.raises(dg.Failure, match="does not exist yet"):
        dg.materialize([report], instance=dg.DagsterInstance.ephemeral())
