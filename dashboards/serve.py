"""`make bi`: a local Apache Superset with the dashboards of dashboards/superset, on the published copy, read-only.

Superset has an environment of its own (.venv-bi), since its dependencies and Dagster's do not fit together. Its state
(accounts, edited charts) lies in REVFUNNEL_HOME/superset; importing again puts the dashboards back as the files say.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import urlopen

from orchestration.settings import PROJECT_ROOT, UserError, load_settings

DEFINITIONS = PROJECT_ROOT / "dashboards" / "superset"
REQUIREMENTS = PROJECT_ROOT / "dashboards" / "requirements.in"
BIN = PROJECT_ROOT / ".venv-bi" / "bin"
USER = "admin"
PORT = 8088
START_SECONDS = 300  # generous: a small machine under load takes a minute


@dataclass(frozen=True)
class Superset:
    """One installation: where its state lies and which file it shows."""

    home: Path
    published: Path

    @property
    def password(self) -> str:
        """Of the user `admin`; made once, kept in a file that only its owner reads."""
        return _kept_secret(self.home / "password", 12)

    def prepare(self) -> None:
        """Create or upgrade its database, and import the dashboards over whatever was there.

        Raises:
            UserError: Superset is not installed, nothing is published yet, or a command of Superset's fails.
        """
        if not (BIN / "superset").exists():
            raise UserError("Superset is not installed; `make bi` does it (900 MB, once)")
        if not self.published.exists():
            raise UserError(f"{self.published} does not exist yet; `make run` writes it")
        self.home.mkdir(parents=True, exist_ok=True)
        _kept_secret(self.home / "secret_key", 42)
        made_by, version = self.home / "made_by", REQUIREMENTS.read_text()
        if not made_by.exists() or made_by.read_text() != version:
            self.command("db", "upgrade")
            names = ("--firstname", "Local", "--lastname", "Admin", "--email", "admin@localhost")
            self.command("fab", "create-admin", "--username", USER, *names, "--password", self.password)
            self.command("init")
            made_by.write_text(version)
        with tempfile.TemporaryDirectory() as folder:
            definitions = Path(folder) / "superset"
            shutil.copytree(DEFINITIONS, definitions)
            database = definitions / "databases" / "revfunnel.yaml"
            database.write_text(database.read_text().replace("{published}", str(self.published)))
            self._forget_charts(definitions)
            self.command("import-directory", "-o", "-f", str(definitions))

    def _forget_charts(self, definitions: Path) -> None:
        """Take all charts off our dashboards: an import adds and changes, and leaves those that are ours no more."""
        slugs = [file.stem for file in (definitions / "dashboards").glob("*.yaml")]
        marks = ", ".join("?" for _ in slugs)
        with closing(sqlite3.connect(self.home / "superset.db")) as connection, connection:
            ours = f"select id from dashboards where slug in ({marks})"
            connection.execute(f"delete from dashboard_slices where dashboard_id in ({ours})", slugs)

    def command(self, *arguments: str) -> None:
        """Run `superset ...`; its output goes to superset.log.

        Raises:
            UserError: it failed; the message has the last line of what it said.
        """
        with (self.home / "superset.log").open("a+") as log:
            done = subprocess.run(
                [BIN / "superset", *arguments], env=self.environment(), stdout=log, stderr=log, check=False
            )
            if done.returncode != 0:
                log.seek(0)
                last = [line for line in log.read().splitlines() if line.strip()][-1:]
                raise UserError(f"superset {arguments[0]} failed: {''.join(last)} (all of it: {log.name})")

    @contextmanager
    def running(self, port: int = PORT) -> Iterator[str]:
        """The server while it is needed; gives its address.

        Raises:
            UserError: it does not answer in time, or ends.
        """
        address = f"http://127.0.0.1:{port}"
        options = ("--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads", "8", "--timeout", "120")
        with (self.home / "server.log").open("w") as log:
            server = subprocess.Popen(
                [BIN / "gunicorn", "--workers", "1", *options, "superset.app:create_app()"],
                env=self.environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            try:
                _wait_for(f"{address}/health", server, Path(log.name))
                yield address
            finally:
                os.killpg(server.pid, signal.SIGTERM)
                server.wait()

    def environment(self) -> dict[str, str]:
        """That of every process of Superset's: nothing of ours but where it lives."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        return kept | {
            "SUPERSET_CONFIG_PATH": str(PROJECT_ROOT / "dashboards" / "superset_config.py"),
            "REVFUNNEL_SUPERSET_HOME": str(self.home),
            "SUPERSET_HOME": str(self.home),
            "FLASK_APP": "superset.app:create_app()",
            "PYTHONWARNINGS": "ignore",
        }


def installation() -> Superset:
    """That of REVFUNNEL_HOME."""
    settings = load_settings()
    return Superset(settings.home / "superset", settings.published_path)


def main() -> int:
    """Exit code 0, or 1 with one line about the problem."""
    try:
        superset = installation()
        print("Preparing Superset and importing the dashboards (a minute or two the first time)")
        superset.prepare()
        with superset.running() as address:
            print(f"Superset: {address}/dashboard/list/   user {USER}, password {superset.password}   (Ctrl-C ends it)")
            signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))  # a kill ends the server too
            signal.pause()
    except UserError as error:
        print(f"revfunnel: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


def _kept_secret(path: Path, size: int) -> str:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(size))
    return path.read_text()


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = monotonic() + START_SECONDS
    while monotonic() < end:
        if server.poll() is not None:
            raise UserError(f"Superset ended while it started; {log} says why")
        try:
            with urlopen(address, timeout=5):
                return
        except (URLError, OSError):
            sleep(0.5)
    raise UserError(f"Superset did not answer within {START_SECONDS} s; {log} may say why")


if __name__ == "__main__":
    sys.exit(main())
