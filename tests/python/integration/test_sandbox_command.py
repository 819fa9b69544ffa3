"""`python -m sandbox serve` as a process: what it prints, how it ends, what it says when it cannot start."""

import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]


def command(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "sandbox", *arguments],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def account(folder: Path) -> Path:
    (folder / "stripe").mkdir()
    (folder / "stripe" / "customers.ndjson").write_text('{"id":"cus_1","object":"customer","created":1}\n')
    return folder


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serves_until_told_to_stop(tmp_path: Path, number: signal.Signals) -> None:
    server = command("serve", str(account(tmp_path)), "--port", "0")
    assert server.stdout is not None
    ready = server.stdout.readline()
    address = ready.split()[-1]
    assert ready == f"Sandbox ready: Stripe at {address}, HubSpot at {address}\n"
    request = urllib.request.Request(f"{address}/v1/customers", headers={"Authorization": "Bearer rk_test_1"})
    with urllib.request.urlopen(request, timeout=5) as response:
        assert b'"cus_1"' in response.read()
        assert response.headers["Request-Id"].startswith("req_")
    server.send_signal(number)
    output, errors = server.communicate(timeout=10)
    assert (server.returncode, output, errors) == (0, "", "")


def fails(*arguments: str) -> str:
    failed = command(*arguments)
    output, errors = failed.communicate(timeout=20)
    assert (failed.returncode, output) == (1, "")
    assert errors.count("\n") == 1
    return errors


def test_a_missing_folder(tmp_path: Path) -> None:
    assert "no such folder" in fails("serve", str(tmp_path / "nowhere"), "--port", "0")


def test_a_folder_without_objects(tmp_path: Path) -> None:
    assert "neither a folder stripe/ nor a folder hubspot/" in fails("serve", str(tmp_path), "--port", "0")


def test_a_bad_line(tmp_path: Path) -> None:
    (account(tmp_path) / "stripe" / "customers.ndjson").write_text('{"id":"cus_1","created":1}\n{"id":\n')
    assert "customers.ndjson, line 2: " in fails("serve", str(tmp_path), "--port", "0")


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        message = fails("serve", str(account(tmp_path)), "--port", str(port))
    assert f"cannot listen on 127.0.0.1 port {port}" in message
