"""`make run`: materialise everything, then print the headline. `make ui`: open the Dagster UI.

Both read the user's own accounts where .env has keys, and a generated company from the sandbox where it has none.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.driver.local_sandbox import Company
from orchestration.settings import PROJECT_ROOT, UserError, load_settings

if TYPE_CHECKING:
    from orchestration.driver.execution import Outcome
    from orchestration.driver.session import Session

INTERRUPT_SECONDS = 30


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0, or 1 with one line about each problem."""
    options = _parse(arguments)
    company = Company(options.customers, options.months, options.seed)
    # A polite kill must end the sandbox too: SystemExit runs the context managers that do. And a shell that started us
    # in the background has interrupts ignored, which Dagster's services would inherit and then never stop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return _ui(company, options) if options.command == "ui" else _run(company)
    except UserError as error:
        _complain(error.lines)
        return 1
    except KeyboardInterrupt:
        print("\nrevfunnel: stopped", file=sys.stderr)
        return 130


def _run(company: Company) -> int:
    """Materialise everything, and tell people what has changed: cron may start this where no daemon is up."""
    from orchestration.checks.seed_rules import check_benchmarks
    from orchestration.driver.execution import check_no_run
    from orchestration.driver.preflight import RunInProgress
    from orchestration.driver.session import open_session
    from orchestration.driver.telling import tell_of_no_run, tell_of_run

    with contextlib.ExitStack() as stack:
        try:
            check_benchmarks()
            check_no_run(load_settings())  # before its log is emptied
            session, log = stack.enter_context(open_session(company, "run"))
            outcome = _materialise(session, log)
        except RunInProgress:
            raise
        except Exception as error:
            _complain(tell_of_no_run(error))
            raise
        _complain(tell_of_run(session.settings, outcome.run_id))
        return _report(session, log, outcome)


def _materialise(session: Session, log: Path) -> Outcome:
    from orchestration.driver.execution import materialise_everything

    for note in session.notes:
        print(note)
    print(f"Reading {session.source} into {session.settings.home}", flush=True)
    if session.settings.lake:
        print(f"Raw data lands in {session.settings.lake}", flush=True)
    return materialise_everything(session.settings, log)


def _report(session: Session, log: Path, outcome: Outcome) -> int:
    from orchestration.headline import headline, next_steps, not_read

    if not outcome.succeeded:
        _complain([*outcome.problems, f"the details are in {log}"])
        return 1
    print(f"  everything in {outcome.seconds:.0f} s\n")
    print(headline(session.settings.published_path))
    if missing := not_read(outcome.unread):
        print(missing)
    print(next_steps(session.settings, log))
    return 0


def _complain(lines: Sequence[str]) -> None:
    for line in lines:
        print(f"revfunnel: {line}", file=sys.stderr)


def _ui(company: Company, options: argparse.Namespace) -> int:
    from orchestration.driver.execution import prepare_dagster_home
    from orchestration.driver.session import open_session

    check_port(options.host, options.port)
    with open_session(company, "ui") as (session, _):
        from orchestration.dbt_manifest import ensure_manifest

        ensure_manifest()
        prepare_dagster_home(session.settings)
        print(f"Dagster on http://{options.host}:{options.port}, reading {session.source}. Ctrl-C ends it.", flush=True)
        command = [sys.executable, "-W", "ignore", "-m", "dagster", "dev"]
        command += ["--workspace", str(PROJECT_ROOT / "workspace.yaml")]
        command += ["--host", options.host, "--port", str(options.port)]
        home = session.settings.dagster_home
        env = {**os.environ, "PYTHONPATH": str(PROJECT_ROOT), "REVFUNNEL_HOME": str(session.settings.home)}
        # Started in DAGSTER_HOME, because it warns about any other dagster.yaml that it finds where it stands.
        server = subprocess.Popen(command, cwd=home, env=env)
        try:
            return server.wait()
        finally:
            _stop(server)


def check_port(host: str, port: int) -> None:
    """Raise UserError if the UI cannot be served there: Dagster would go on without it, and say so in passing."""
    try:
        with socket.create_server((host, port)):
            pass
    except (OSError, OverflowError) as error:
        reason = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else str(error)
        raise UserError(
            f"the UI cannot be served on {host}:{port} ({reason}); end what is there, or choose another port: "
            ".venv/bin/python -m orchestration.run ui --port 3001"
        ) from None


def _stop(server: subprocess.Popen[bytes]) -> None:
    """End `dagster dev` and the services under it: they only follow an interrupt, which Ctrl-C has sent already."""
    try:
        server.wait(timeout=0 if sys.exc_info()[0] is SystemExit else INTERRUPT_SECONDS)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(timeout=INTERRUPT_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m orchestration.run", description="Materialise everything, or open the UI."
    )
    parser.add_argument("command", nargs="?", choices=["run", "ui"], default="run")
    sandbox = parser.add_argument_group("the sandbox company, used where .env has no keys")
    sandbox.add_argument("--customers", type=int, default=Company.customers)
    sandbox.add_argument("--months", type=int, default=Company.months)
    sandbox.add_argument("--seed", type=int, default=Company.seed)
    ui = parser.add_argument_group("the UI")
    ui.add_argument("--host", default="127.0.0.1")
    ui.add_argument("--port", type=int, default=3000)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
