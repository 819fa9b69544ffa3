"""The sandbox as a child process: a generated company served on loopback, in place of the two vendors.

Nothing is imported from it. The rest of the pipeline meets it over HTTP with the real SDKs, exactly as it meets
Stripe and HubSpot.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestration.origin import SANDBOX, SANDBOX_KEY, of_home
from orchestration.settings import PROJECT_ROOT, Settings, UserError

HUBSPOT_TOKEN = "sandbox-not-a-real-token"
START_TIMEOUT_SECONDS = 60
_FINGERPRINT = ".generated-by"
_ADDRESS = re.compile(r"http://[\d.]+:\d+")


@dataclass(frozen=True)
class Company:
    """What to generate. The same values give the same bytes."""

    customers: int = 500
    months: int = 24
    seed: int = 1

    def folder(self, settings: Settings) -> Path:
        return settings.home / "sandbox" / f"{self.customers}-customers-{self.months}-months-seed-{self.seed}"


def generate(company: Company, settings: Settings, log: Path) -> Path:
    """The company's folder, written first where it is missing or another version of the generator wrote it.

    Raises:
        UserError: the generator failed; its output is in `log`.
    """
    folder = company.folder(settings)
    fingerprint = _generator_fingerprint()
    if (folder / _FINGERPRINT).is_file() and (folder / _FINGERPRINT).read_text() == fingerprint:
        return folder
    unfinished = folder.with_name(folder.name + ".unfinished")
    for leftover in (unfinished, folder):
        shutil.rmtree(leftover, ignore_errors=True)
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "sandbox", "generate", str(unfinished)]
    command += ["--customers", str(company.customers), "--months", str(company.months), "--seed", str(company.seed)]
    with log.open("ab") as output:
        done = subprocess.run(command, cwd=PROJECT_ROOT, stdout=output, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise UserError(f"The sandbox company could not be generated; the reason is at the end of {log}")
    (unfinished / _FINGERPRINT).write_text(fingerprint)
    unfinished.rename(folder)
    return folder


@contextmanager
def served(folder: Path, log: Path) -> Iterator[dict[str, str]]:
    """Serve `folder` on a free loopback port while the block runs.

    Yields the environment that points the pipeline at it: both keys and both addresses. The server's output goes to
    `log`'s neighbour, NAME.sandbox.log.
    """
    output_path = log.with_suffix(".sandbox.log")
    with output_path.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-u", "-m", "sandbox", "serve", str(folder), "--port", "0"],
            cwd=PROJECT_ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        address = _wait_for_address(server, output_path)
        yield {
            "STRIPE_API_KEY": SANDBOX_KEY,
            "STRIPE_API_BASE": address,
            "HUBSPOT_ACCESS_TOKEN": HUBSPOT_TOKEN,
            "HUBSPOT_API_BASE": address,
        }
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()


def origin(folder: Path) -> str:
    """A name for what a generated folder holds: another generator or another company has another one."""
    return f"{SANDBOX} {folder.name} {(folder / _FINGERPRINT).read_text()[:12]}"


def sandbox_folder(settings: Settings) -> Path | None:
    """The folder of the company whose data the home holds; None for real accounts, or where nothing says so."""
    record = of_home(settings)
    if record is None or record.kind != SANDBOX:
        return None
    folder = settings.home / "sandbox" / record.origin.removeprefix(f"{SANDBOX} ").rpartition(" ")[0]
    return folder if (folder / "meta.json").is_file() else None


def told_by_meta(folder: Path) -> dict[str, str]:
    """What the folder's meta.json says about "now", the reporting currency and the time zone, as variables."""
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    told = {
        "REVFUNNEL_AS_OF": meta.get("as_of"),
        "REVFUNNEL_CURRENCY": meta.get("reporting_currency"),
        "REVFUNNEL_TIMEZONE": meta.get("reporting_timezone"),
    }
    return {name: value for name, value in told.items() if value}


def _wait_for_address(server: subprocess.Popen[bytes], output: Path) -> str:
    """The address that the server prints once it answers."""
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        if found := _ADDRESS.search(output.read_text(errors="replace")):
            return found.group()
        if server.poll() is not None:
            break
        time.sleep(0.05)
    raise UserError(f"The sandbox server did not start; the reason is in {output}")


def _generator_fingerprint() -> str:
    """A hash of the generator's code, so that a company written by an older one is not taken for today's."""
    digest = hashlib.sha256()
    for path in sorted((PROJECT_ROOT / "sandbox").rglob("*.py")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
