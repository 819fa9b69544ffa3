"""Fixtures that any test may use: a running sandbox, and the folder of hand-made scenarios."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
STOP_SECONDS = 10

StartSandbox = Callable[[Path], str]


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[StartSandbox]:
    """Call it with a folder: starts `python -m sandbox serve` on a free loopback port and gives the base address.

    Every call starts a server of its own; all of them stop when the tests end.
    """
    servers: list[subprocess.Popen[str]] = []

    def start(folder: Path) -> str:
        server = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "serve", str(folder), "--port", "0"],
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
