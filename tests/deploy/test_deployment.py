"""deploy/ as it stands (`make test-deploy`): a real Postgres, code server, daemon and web server, and real runs.

Only the Docker engine is a stand-in (engine.py), so the image is laid out but not built, and containers are processes.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from orchestration.driver.local_sandbox import Company, served, told_by_meta
from orchestration.scenarios import compare_published
from sandbox.company import generate
from tests.deploy import files, postgres, stack
from tests.deploy.postgres import Database
from tests.deploy.stack import Stack, until
from tests.python.alerting.webhook import Webhook, listening

COMPANY = Company(customers=25, months=6, seed=3)
MONTH_TO_CLOSE = "2026-09"


@dataclass(frozen=True)
class Deployment:
    """All that runs, and the company that it reads."""

    stack: Stack
    database: Database
    webhook: Webhook
    company: Path

    def status(self, run_id: str) -> str:
        return self.database.value(f"select status from runs where run_id = '{run_id}'")

    def finished(self, run_id: str) -> bool:
        return self.status(run_id) in ("SUCCESS", "FAILURE", "CANCELED")

    def failures(self, run_id: str) -> str:
        """What Postgres has of why a run or its steps failed."""
        types = "('STEP_FAILURE', 'PIPELINE_FAILURE')"
        query = f"select event from event_logs where run_id = '{run_id}' and dagster_event_type in {types}"
        return "\n".join(event[:5000] for (event,) in self.database.rows(query))

    def events(self, run_id: str) -> dict[str, int]:
        """How many events of each type Postgres has of a run."""
        query = f"select dagster_event_type, count(*) from event_logs where run_id = '{run_id}' group by 1"
        return {name: int(count) for name, count in self.database.rows(query)}


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """One that other accounts may enter: neither Postgres nor the services run as root."""
    place = Path(tempfile.mkdtemp(prefix="revfunnel-deploy-"))
    place.chmod(0o755)
    yield place
    shutil.rmtree(place)


@pytest.fixture(scope="module")
def deployment(folder: Path) -> Iterator[Deployment]:
    binaries = postgres.find_binaries()
    if binaries is None:
        pytest.skip("no Postgres is installed (Debian: apt-get install postgresql)")
    stack.lay_out_image(folder)
    company = folder / "company"
    generate(company, customers=COMPANY.customers, months=COMPANY.months, seed=COMPANY.seed, as_of=None)
    with (
        postgres.running(binaries, folder) as database,
        served(company, folder / "vendors.log") as vendors,
        listening() as webhook,
    ):
        told = {"REVFUNNEL_ALERT_URLS": webhook.url, "DOCKER_GROUP": "999"}
        variables = {**database.environment, **vendors, **told_by_meta(company), **told}
        with stack.running(folder, variables) as services:
            yield Deployment(services, database, webhook, company)


@pytest.fixture(scope="module")
def first_run(deployment: Deployment) -> str:
    run_id = deployment.stack.launch()
    until(lambda: deployment.finished(run_id), "the run has ended")
    return run_id


def test_every_service_is_healthy_by_its_own_check(deployment: Deployment) -> None:
    for service in stack.SERVICES:
        assert deployment.stack.is_healthy(service), service
    ready = files.compose({**files.env_file(), **deployment.stack.environments["code"], "DOCKER_GROUP": "999"})
    assert "pg_isready" in ready["services"]["postgres"]["healthcheck"]["test"][1]
    assert "accepting connections" in deployment.database.client("pg_isready", "-d", "dagster").stdout


def test_a_run_takes_the_queue_and_a_container_and_is_right(deployment: Deployment, first_run: str) -> None:
    assert deployment.status(first_run) == "SUCCESS", deployment.failures(first_run)
    events = deployment.events(first_run)
    assert events["PIPELINE_ENQUEUED"] == events["PIPELINE_STARTING"] == events["PIPELINE_SUCCESS"] == 1
    published = deployment.stack.data / "published.duckdb"
    with duckdb.connect(str(published), read_only=True) as connection:
        assert connection.execute("select run_id from marts.meta").fetchall() == [(first_run,)]
        materialised = connection.execute("select count(*) from duckdb_tables() where schema_name = 'marts'").fetchone()
    assert materialised and events["ASSET_MATERIALIZATION"] > materialised[0] > 40
    # What the simulation decided, not what the SQL says.
    compared = {table.name: table for table in compare_published(deployment.company, published, truth=True)}
    assert compared["mrr_month_end"].expected > 50
    assert not compared["mrr_month_end"].differences


def test_what_the_engine_is_asked_for(deployment: Deployment, first_run: str) -> None:
    (container,) = [each for each in deployment.stack.engine.containers if first_run in str(each.asked["Cmd"])]
    asked = container.asked
    assert asked["Image"] == stack.IMAGE
    assert asked["HostConfig"]["Binds"] == ["revfunnel_data:/data", "revfunnel_logs:/logs"]
    assert asked["HostConfig"]["Init"] is True
    assert asked["HostConfig"]["NetworkMode"] == "revfunnel"
    assert container.environment["STRIPE_API_KEY"].startswith("rk_live_")
    # Anybody on the machine may read a command; the environment is for those who may use Docker.
    for secret in (postgres.PASSWORD, container.environment["STRIPE_API_KEY"], deployment.webhook.url):
        assert secret not in json.dumps(asked["Cmd"]) and secret in container.environment.values()


def test_nothing_is_kept_in_containers(deployment: Deployment, first_run: str) -> None:
    """The folders that are no volumes hold neither runs nor logs: a new image loses nothing."""
    place = deployment.stack.folder
    assert not list((place / "opt").rglob("*.db")) and not list((place / "app").rglob("*.duckdb"))
    assert list((place / "logs" / first_run).rglob("*.err"))
    assert (deployment.stack.data / "dagster" / "alerts.sqlite").exists()


def test_the_database_needs_no_migration(deployment: Deployment, first_run: str) -> None:
    """What docs/deployment.md says to do after an upgrade works."""
    assert first_run
    done = deployment.stack.run("code", ["dagster", "instance", "migrate"])
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_run_is_ended_from_the_ui(deployment: Deployment) -> None:
    run_id = deployment.stack.launch()
    until(lambda: "STEP_START" in deployment.events(run_id), "it has begun")
    deployment.stack.terminate(run_id)
    until(lambda: deployment.finished(run_id), "it has ended")
    assert deployment.status(run_id) == "CANCELED", deployment.failures(run_id)
    process = deployment.stack.engine.containers[-1].process
    assert process is not None and process.poll() is not None


def test_a_run_that_dies_is_found_and_told_and_the_next_closes_a_month(deployment: Deployment, first_run: str) -> None:
    engine = deployment.stack.engine
    assert deployment.status(first_run) == "SUCCESS"
    before = len(engine.containers)
    dying = deployment.stack.launch()
    until(lambda: "STEP_START" in deployment.events(dying), "a step holds its place in the pool")
    closing = deployment.stack.launch({"ops": {"dbt_models": {"config": {"close_through": MONTH_TO_CLOSE}}}})
    time.sleep(15)  # three ticks of the queue
    assert deployment.status(closing) == "QUEUED" and len(engine.containers) == before + 1
    engine.containers[-1].kill()

    until(lambda: deployment.status(dying) == "FAILURE", "the dead run is found")
    told = deployment.failures(dying)
    assert "Container status is exited" in told and "OOMKilled" in told
    until(lambda: any("everything" in text for text in deployment.webhook.texts), "the failure is told")

    until(lambda: deployment.finished(closing), "the next run has ended")
    assert deployment.status(closing) == "SUCCESS", deployment.failures(closing)
    with duckdb.connect(str(deployment.stack.data / "published.duckdb"), read_only=True) as connection:
        closed = connection.execute("select max(month) from marts.mrr_close").fetchone()
    assert closed and str(closed[0])[:7] >= MONTH_TO_CLOSE
    until(lambda: any("RECOVERED" in text for text in deployment.webhook.texts), "the recovery is told")
