"""Fixtures that any test may use: a running sandbox, and the folder of hand-made scenarios."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
STOP_SECONDS = 10


class StartSandbox(Protocol):
    """Starts a sandbox on a folder, with options of its command line; gives its base address."""

    def __call__(self, folder: Path, *options: str) -> str: ...


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker of tests that take minutes."""
    config.addinivalue_line("markers", "slow: takes minutes; left out unless asked for with `-m slow`")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave slow tests out unless a marker expression says otherwise."""
    if config.getoption("-m"):
        return
    left_out = [item for item in items if item.get_closest_marker("slow")]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[StartSandbox]:
    """Call it with a folder: starts `python -m sandbox serve` on a free loopback port and gives the base address.

    Every call starts a server of its own; all of them stop when the tests end.
    """
    servers: list[subprocess.Popen[str]] = []

    def start(folder: Path, *options: str) -> str:
        server = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "serve", str(folder), "--port", "0", *options],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        servers.append(server)
        assert server.stdout is not None
        ready = server.stdout.readline()
        address = re.search(r"http://[\d.]+:\d+", ready)
        if address is None:
            _, errors = server.communicate(timeout=STOP_SECONDS)
            pytest.fail(f"the sandbox did not start: {ready}{errors}")
        return address.group()

    yield start
    for server in servers:
        server.terminate()
    for server in servers:
        try:
            server.communicate(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.communicate()


@pytest.fixture(scope="session")
def scenarios_dir() -> Path:
    """The folder of hand-made Stripe and HubSpot objects with expected results, which stands beside the repository."""
    folder = REPOSITORY.parent / "shared" / "scenarios"
    if not folder.is_dir():
        pytest.skip("the scenarios folder does not stand beside the repository (../shared/scenarios)")
    return folder


@pytest.fixture(scope="session")
def scenarios_server(sandbox_server: StartSandbox, scenarios_dir: Path) -> str:
    """The base address of a sandbox that serves the scenarios."""
    return sandbox_server(scenarios_dir)
