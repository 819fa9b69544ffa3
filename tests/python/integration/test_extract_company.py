"""A generated company read through the real SDKs: every object of its folder lands, once."""

import json
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration.hubspot.streams import STREAMS as HUBSPOT
from orchestration.settings import Settings
from orchestration.stripe.streams import STREAMS as STRIPE
from sandbox.company import generate
from tests.python.conftest import StartSandbox
from tests.python.integration.test_extract_sandbox import extract_all, settings_for
from tests.raw_tables import FILES

# Traffic is read for three years back from the clock's now, so the company lives until yesterday.
AS_OF = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
NEVER_EMPTY = {
    "stripe": {"charges", "meters", "meter_event_summaries"},
    "hubspot": {"leads", "line_items", "meetings", "calls", "emails", "tasks", "feedback_submissions", "events",
                "marketing_emails", "campaigns", "forms", "web_analytics_sources", "account"},
}  # fmt: skip
LINKS = ("meetings/contacts", "meetings/deals", "feedback_submissions/contacts", "deals/line_items")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("generated") / "company"
    generate(folder, customers=60, months=9, seed=5, as_of=AS_OF)
    return folder


@pytest.fixture(scope="module")
def base(company: Path, sandbox_server: StartSandbox) -> str:
    return sandbox_server(company, "--now", AS_OF.isoformat())


@pytest.fixture(scope="module")
def settings(base: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = settings_for(base, tmp_path_factory.mktemp("home"))
    extract_all(settings)
    return settings


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_every_object_of_the_folder_lands_once(company: Path, settings: Settings):
    """But for the links of archived records, which HubSpot does not give."""
    files = [company / f"hubspot/{name}.ndjson" for name in ("contacts", "deals")]
    archived = {each["id"] for file in files for each in lines(file) if each["archived"]}
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as warehouse:
        for source, streams in (("stripe", STRIPE), ("hubspot", HUBSPOT)):
            for stream in streams:
                objects = lines(company / source / f"{FILES.get(stream.name, stream.name)}.ndjson")
                expected = sum(each.get("from") not in archived for each in objects)
                query = f"select count(*), count(distinct id) from raw_{source}.{stream.name}"
                assert warehouse.execute(query).fetchall() == [(expected, expected)], stream.name
                assert expected > 0 or stream.name not in NEVER_EMPTY[source], stream.name


def test_what_a_deal_and_a_company_tell_lands_with_its_history(company: Path, settings: Settings):
    asked = {name: [] for name in ("lifecyclestage", "notes_last_contacted")}
    stages = {c["id"]: {**asked, **c["propertiesWithHistory"]} for c in lines(company / "hubspot/companies.ndjson")}
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as warehouse:
        rows = warehouse.execute("select id, payload from raw_hubspot.companies").fetchall()
    assert {identifier: json.loads(payload)["propertiesWithHistory"] for identifier, payload in rows} == stages
    assert sum(bool(history["lifecyclestage"]) for history in stages.values()) > 100


@pytest.mark.parametrize("link", LINKS)
def test_links_are_served(company: Path, base: str, link: str):
    expected: dict[str, set[str]] = {}
    for pair in lines(company / f"hubspot/associations_{link.replace('/', '_')}.ndjson"):
        expected.setdefault(pair["from"], set()).add(pair["to"])
    asked = list(expected)[:500]
    body = json.dumps({"inputs": [{"id": identifier} for identifier in asked]}).encode()
    headers = {"Authorization": "Bearer pat", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{base}/crm/v4/associations/{link}/batch/read", data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        results = json.load(answer)["results"]
    found = {result["from"]["id"]: {str(to["toObjectId"]) for to in result["to"]} for result in results}
    assert found == {identifier: expected[identifier] for identifier in asked} != {}
