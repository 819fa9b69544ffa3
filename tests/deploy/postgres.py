"""A Postgres of its own in a temporary folder, on a loopback port, with a password."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PASSWORD = "only for tests, with a ' and a %"  # what has to be quoted somewhere shows here
# Postgres refuses to run as root.
ACCOUNT = "postgres" if os.geteuid() == 0 else None


@dataclass(frozen=True)
class Database:
    """A running server, and what a client needs to know of it."""

    binaries: Path
    port: int

    @property
    def environment(self) -> dict[str, str]:
        """As deploy/.env names it."""
        return {
            "DAGSTER_POSTGRES_HOST": "127.0.0.1",
            "DAGSTER_POSTGRES_PORT": str(self.port),
            "DAGSTER_POSTGRES_USER": "dagster",
            "DAGSTER_POSTGRES_PASSWORD": PASSWORD,
            "DAGSTER_POSTGRES_DB": "dagster",
        }

    def client(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of Postgres's own programs against the server."""
        place = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "dagster"]
        env = {**os.environ, "PGPASSWORD": PASSWORD}
        return subprocess.run(
            [self.binaries / program, *place, *arguments], env=env, capture_output=True, text=True, check=True
        )

    def rows(self, query: str) -> list[tuple[str, ...]]:
        """The rows of a query, as text."""
        answer = self.client("psql", "-d", "dagster", "-A", "-t", "-F", "\t", "-c", query).stdout
        return [tuple(line.split("\t")) for line in answer.splitlines()]

    def value(self, query: str) -> str:
        """The one value of a query; empty if it has no row."""
        found = self.rows(query)
        return found[0][0] if found else ""


def find_binaries() -> Path | None:
    """The folder of `initdb` and `pg_ctl`: Debian does not put it on the path."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), default=None)


@contextmanager
def running(binaries: Path, folder: Path) -> Iterator[Database]:
    """Serve an empty database `dagster` while the block runs. `folder` is one that anybody may enter."""
    place = folder / "postgres"
    place.mkdir()
    (place / "password").write_text(PASSWORD)
    if ACCOUNT:
        for path in (place, place / "password"):
            shutil.chown(path, ACCOUNT)
    database = Database(binaries, free_port())
    options = f"-p {database.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={place} -c fsync=off"
    login = ["--username=dagster", f"--pwfile={place / 'password'}", "--auth=scram-sha-256", "--encoding=UTF8"]
    _administer(binaries / "initdb", "-D", place / "data", *login)
    start = ("-D", place / "data", "-w", "-l", place / "log", "-o", options)
    _administer(binaries / "pg_ctl", "start", *start)
    try:
        database.client("createdb", "dagster")
        yield database
    finally:
        _administer(binaries / "pg_ctl", "stop", "-D", place / "data", "-m", "immediate")


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _administer(*command: str | Path) -> None:
    done = subprocess.run(
        command, user=ACCOUNT, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False
    )
    assert done.returncode == 0, f"{command[0]}: {done.stderr}"
