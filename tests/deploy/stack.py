"""The services of docker-compose.yaml as processes, on a copy of what the image would hold, with its packages."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from tests.deploy import files
from tests.deploy.engine import Engine, listening
from tests.deploy.postgres import free_port

PACKAGES = files.REPOSITORY / ".venv-deploy" / "bin"
PATIENCE_SECONDS = 1200
SERVICES = ("code", "daemon", "web")
IMAGE = "registry.example.com/revfunnel:test"

_CONTEXT = """
import json, sys
from docker.utils import exclude_paths
patterns = [line.strip() for line in open(sys.argv[1] + "/.dockerignore") if line.strip() and line[0] != "#"]
json.dump(sorted(exclude_paths(sys.argv[1], patterns)), sys.stdout)
"""
_TERMINATE = """
mutation ($run: String!) {
  terminateRun(runId: $run) {
    __typename ... on TerminateRunFailure { message } ... on PythonError { message }
  }
}
"""
_LAUNCH = """
mutation ($selector: JobOrPipelineSelector!, $config: RunConfigData) {
  launchRun(executionParams: {selector: $selector, runConfigData: $config, mode: "default"}) {
    __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message }
    ... on RunConfigValidationInvalid { errors { message } }
  }
}
"""


@dataclass(frozen=True)
class Stack:
    """Services that run, and the stand-in of the engine that starts their runs."""

    folder: Path
    engine: Engine
    web: str
    healthchecks: Mapping[str, Sequence[str]]
    environments: Mapping[str, Mapping[str, str]]

    @property
    def data(self) -> Path:
        """What stands for the volume revfunnel_data."""
        return self.folder / "data"

    def launch(self, config: Mapping[str, Any] | None = None) -> str:
        """Start the job `everything` as the Launchpad of the UI does; the run's id."""
        selector = {
            "repositoryLocationName": "revfunnel",
            "repositoryName": "__repository__",
            "jobName": "everything",
        }
        answer = self._ask(_LAUNCH, {"selector": selector, "config": config or {}})["launchRun"]
        assert "run" in answer, answer
        return answer["run"]["runId"]

    def terminate(self, run_id: str) -> None:
        """End a run as the UI's *Terminate* does."""
        answer = self._ask(_TERMINATE, {"run": run_id})["terminateRun"]
        assert answer["__typename"] == "TerminateRunSuccess", answer

    def _ask(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        body = json.dumps({"query": query, "variables": variables}).encode()
        with urlopen(Request(f"{self.web}/graphql", body, {"Content-Type": "application/json"}), timeout=120) as answer:
            told = json.load(answer)
        assert "errors" not in told, told["errors"]
        return told["data"]

    def run(self, service: str, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run a command as `docker compose exec` would."""
        return subprocess.run(
            command,
            env=self.environments[service],
            cwd=self.folder / "opt",
            user=account(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def is_healthy(self, service: str) -> bool:
        return self.run(service, self.healthchecks[service]).returncode == 0


@cache
def account() -> str | None:
    """Whom the services run as, if not as who tests: the image's user is not root, and its code is root's."""
    if os.geteuid() != 0:
        return None
    try:
        subprocess.run([PACKAGES / "python", "-c", ""], user="nobody", cwd="/", check=True)
    except PermissionError:
        return None  # a Python in root's own home
    return "nobody"


def until(happened: Callable[[], bool], what: str) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline, f"not within {PATIENCE_SECONDS} s: {what}"
        time.sleep(0.5)


def build_context() -> list[str]:
    """The files that Docker would be sent, by .dockerignore (as docker-py reads it; the engine was not asked)."""
    done = subprocess.run(
        [PACKAGES / "python", "-c", _CONTEXT, files.REPOSITORY], capture_output=True, text=True, check=True
    )
    return [name for name in json.loads(done.stdout) if (files.REPOSITORY / name).is_file()]


def lay_out_image(folder: Path) -> None:
    """What the Dockerfile copies, to `folder`/app and `folder`/opt, with the manifest that it builds."""
    context = build_context()
    for source, target in files.copies():
        place = folder / _in_folder(target if target.startswith("/") else f"/app/{target}")
        found = [name for name in context if Path(name).match(source) or name.startswith(source.rstrip("/") + "/")]
        assert found, f"the build context has nothing of {source}"
        for name in found:
            is_folder = (files.REPOSITORY / source).is_dir()
            inside = Path(name).relative_to(source) if is_folder else Path(Path(name).name)
            path = place / inside if is_folder or target.endswith("/") else place
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(files.REPOSITORY / name, path)
    # On the build machine this is root's doing, so what is written here cannot be changed by what runs.
    env = {**_image_environment(folder), "REVFUNNEL_HOME": str(folder / "parse")}
    done = subprocess.run(
        [PACKAGES / "python", "-m", "orchestration.dbt_manifest"],
        env=env,
        cwd=folder / "app",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("data", "logs", "opt", "home"):
        (folder / name).mkdir(exist_ok=True)
        if user := account():
            shutil.chown(folder / name, user)


@contextmanager
def running(folder: Path, variables: Mapping[str, str]) -> Iterator[Stack]:
    """Start the services, each after those that it depends on; `variables` as they would stand in deploy/.env."""
    # A shell that started the tests in the background has interrupts ignored. Processes would inherit that, and Dagster
    # treats SIGTERM as it finds SIGINT treated: nothing could be stopped. In a container neither is ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    services = files.compose({**files.env_file(), **variables, "REVFUNNEL_IMAGE": IMAGE})["services"]
    image = _image_environment(folder)
    ports = {"code": free_port(), "web": free_port()}
    place = {"CODE_LOCATION_HOST": "127.0.0.1", "CODE_LOCATION_PORT": str(ports["code"])}
    engine = Engine(image, folder / "opt", account())
    started: list[subprocess.Popen[bytes]] = []
    with listening(engine) as docker_host:
        environments = {
            name: {**image, **services[name]["environment"], **place, "DOCKER_HOST": docker_host} for name in SERVICES
        }
        checks = {name: _local(services[name]["healthcheck"]["test"][1:], folder, ports) for name in SERVICES}
        stack = Stack(folder, engine, f"http://127.0.0.1:{ports['web']}", checks, environments)
        try:
            for name in SERVICES:
                command = _local(services[name].get("command") or files.image_command(), folder, ports)
                with (folder / f"{name}.log").open("wb") as output:
                    process = subprocess.Popen(
                        command,
                        env=environments[name],
                        cwd=folder / "opt",
                        user=account(),
                        stdout=output,
                        stderr=subprocess.STDOUT,
                        start_new_session=True,
                    )
                started.append(process)
                if name == "code":  # the others wait for it
                    until(partial(_is_ready, stack, process, name), f"{name} is healthy")
            for name, process in zip(SERVICES, started, strict=True):
                until(partial(_is_ready, stack, process, name), f"{name} is healthy")
            yield stack
        finally:
            for process in reversed(started):
                _stop(process)


def _is_ready(stack: Stack, process: subprocess.Popen[bytes], service: str) -> bool:
    assert process.poll() is None, (stack.folder / f"{service}.log").read_text()
    return stack.is_healthy(service)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)  # as `docker compose stop` does
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        pass
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        process.wait()


def _image_environment(folder: Path) -> dict[str, str]:
    values = {
        name: str(folder / _in_folder(value)) if value[0] == "/" else value
        for name, value in files.image_environment().items()
    }
    return {**values, "PATH": f"{PACKAGES}:{os.environ['PATH']}", "HOME": str(folder / "home"), "LANG": "C.UTF-8"}


def _in_folder(path: str) -> str:
    """A path of the image, in the folder that stands for it: /opt/dagster is DAGSTER_HOME, `opt` here."""
    return path.removeprefix("/").replace("opt/dagster", "opt")


def _local(command: Sequence[str], folder: Path, ports: Mapping[str, int]) -> list[str]:
    """A command of the image, on loopback and on ports that are free here."""
    moved = {"0.0.0.0": "127.0.0.1", "4000": str(ports["code"]), "3000": str(ports["web"])}
    words = [moved.get(word, word).replace(":3000/", f":{ports['web']}/") for word in command]
    return [str(folder / _in_folder(word)) if word.startswith("/app/") else word for word in words]
