"""deploy/: its files agree with each other, with the project's own dagster.yaml and with the settings.

`make test-deploy` runs what they describe.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestration.settings import Settings, variable
from tests.deploy import files

REQUIRED = ("DAGSTER_POSTGRES_PASSWORD", "DOCKER_GROUP", "STRIPE_API_KEY", "HUBSPOT_ACCESS_TOKEN")
FILLED = {**files.env_file(), **dict.fromkeys(REQUIRED, "given")}
# The image says where the home is.
SETTINGS = {variable(str(field.validation_alias or name)) for name, field in Settings.model_fields.items()} - {
    "REVFUNNEL_HOME"
}


def leaves(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """(path, value) of everything in a file."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, (*path, key))
    else:
        yield path, node


def launched() -> dict[str, Any]:
    return files.read_yaml(files.DEPLOY / "dagster.yaml")["run_launcher"]["config"]


def test_the_instance_keeps_every_setting_of_the_projects_own() -> None:
    own = dict(leaves(files.read_yaml(files.REPOSITORY / "dagster.yaml")))
    assert own[("concurrency", "pools", "default_limit")] == 1
    assert own.items() <= dict(leaves(files.read_yaml(files.DEPLOY / "dagster.yaml"))).items()


@pytest.mark.parametrize("missing", REQUIRED)
def test_what_has_no_default_must_be_set(missing: str) -> None:
    with pytest.raises(files.MissingValue, match=missing):
        files.compose({**FILLED, missing: ""})


def test_the_example_names_every_variable_once_and_has_no_secret() -> None:
    compose = (files.DEPLOY / "docker-compose.yaml").read_text()
    used = set(re.findall(r"\$\{(\w+)", compose))
    assert used | {"COMPOSE_PROJECT_NAME"} == set(files.env_file())
    assert not any(files.env_file()[name] for name in REQUIRED)
    example = (files.DEPLOY / "env.example").read_text()
    for name in used:
        assert len(re.findall(rf"^{name}=", example, re.MULTILINE)) == 1


def test_a_run_is_handed_every_setting_and_the_database() -> None:
    """And each is set where the launcher looks, in the daemon: one that is not fails every run."""
    services = files.compose(FILLED)["services"]
    handed = set(launched()["env_vars"])
    assert {*SETTINGS, *(name for name in services["web"]["environment"] if "POSTGRES" in name)} <= handed
    assert handed <= set(services["daemon"]["environment"])
    assert services["code"]["environment"].items() >= services["daemon"]["environment"].items()


def test_the_web_server_has_no_keys_and_no_data() -> None:
    web = files.compose(FILLED)["services"]["web"]
    assert not SETTINGS & set(web["environment"])
    assert not any("revfunnel_data" in volume for volume in web["volumes"])
    assert web["ports"] == ["127.0.0.1:3000:3000"]


def test_runs_meet_the_services_by_name() -> None:
    compose = files.compose(FILLED)
    assert {volume["name"] for volume in compose["volumes"].values()} >= {
        volume.split(":")[0] for volume in launched()["container_kwargs"]["volumes"]
    }
    assert [network["name"] for network in compose["networks"].values()] == [launched()["network"]]
    services = compose["services"]
    assert {service["image"] for name, service in services.items() if name != "postgres"} == {
        services["code"]["environment"]["DAGSTER_CURRENT_IMAGE"]
    }
    assert all("healthcheck" in service for service in services.values())


def test_what_the_image_copies_exists() -> None:
    copied = files.copies()
    assert len(copied) > 5
    for source, _ in copied:
        assert list(files.REPOSITORY.glob(source)), source


def test_the_dbt_project_is_copied_whole_and_before_its_manifest_is_built() -> None:
    paths = files.read_yaml(files.REPOSITORY / "dbt_project.yml")
    folders = {path for name in ("model-paths", "seed-paths", "test-paths", "macro-paths") for path in paths[name]}
    sources = [Path(source) for source, _ in files.copies()]
    for folder in folders:
        assert any(Path(folder).is_relative_to(source) for source in sources), folder
    steps = [f"{name} {arguments}" for name, arguments in files.instructions()]
    (manifest,) = [at for at, step in enumerate(steps) if "orchestration.dbt_manifest" in step]
    assert manifest > max(at for at, step in enumerate(steps) if step.startswith("COPY"))
    assert max(at for at, step in enumerate(steps) if step.startswith("USER ")) > manifest


def test_the_image_has_the_packages_that_are_tested() -> None:
    """The same versions as in requirements.lock, none of those that only development needs, all with hashes."""
    pin = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)
    tested = dict(pin.findall((files.REPOSITORY / "requirements.lock").read_text()))
    text = (files.DEPLOY / "requirements.lock").read_text()
    installed = dict(pin.findall(text))
    assert installed["dagster-postgres"] == installed["dagster-docker"] == tested["dagster-dbt"]
    assert {name: version for name, version in installed.items() if tested.get(name, version) != version} == {}
    assert "pytest" not in installed
    assert text.count("--hash=sha256:") >= len(installed)


def test_an_image_with_spark_has_packages_to_install() -> None:
    assert (files.DEPLOY / "requirements-spark.lock").exists(), "run `make lock-deploy`"


def test_docker_compose_accepts_the_file(tmp_path: Path) -> None:
    """Neither form of the command needs an engine for this."""
    commands = (["docker", "compose"], ["docker-compose"])
    usable = [
        command
        for command in commands
        if shutil.which(command[0])
        and subprocess.run([*command, "version"], capture_output=True, check=False).returncode == 0
    ]
    if not usable:
        pytest.skip("neither `docker compose` nor `docker-compose` is installed")
    variables = tmp_path / "env"
    variables.write_text("".join(f"{name}={value}\n" for name, value in FILLED.items()))
    file = files.DEPLOY / "docker-compose.yaml"
    done = subprocess.run(
        [*usable[0], "--env-file", variables, "-f", file, "config", "--services"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) == {"postgres", "code", "daemon", "web"}
