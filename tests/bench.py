"""`make bench`: what the documentation claims about speed, as ratios within one run on this machine.

extract    invoices a second of CPU, ours against the Stripe SDK's own list objects, same server, alternately
load       seconds until the Dagster code location is loaded, against an empty Python with Dagster imported
pipeline   seconds of a whole `make run` of 300 customers against 60
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench_extract import served

REPOSITORY = Path(__file__).resolve().parents[1]
ROUNDS = 3
SDK_INVOICES = 1_000  # enough for the SDK's own objects, which are slow


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="revfunnel-bench-") as folder:
        _extract(Path(folder))
        _load()
        _pipeline(Path(folder))
    return 0


def _extract(folder: Path) -> None:
    company = folder / "company"
    _python("-m", "sandbox", "generate", str(company), "--customers", "500", "--months", "24")
    with served(company) as address:
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(_rate(lambda: _read_ours(address)))
            theirs.append(_rate(lambda: _read_sdk(address)))
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    print(
        f"extract    {statistics.median(ours):,.0f} invoices a CPU second, "
        f"SDK objects {statistics.median(theirs):,.0f}: ratio {ratio:.1f}",
        flush=True,
    )


def _read_ours(address: str) -> int:
    from pydantic import SecretStr

    from orchestration.settings import Settings
    from orchestration.stripe.client import StripeClient

    key = SecretStr("rk_live_bench")
    settings = Settings(stripe_api_key=key, hubspot_access_token=key, stripe_api_base=address)
    client = StripeClient(settings, log=lambda _: None)
    return sum(len(page) for page in client.pages("/v1/invoices"))


def _read_sdk(address: str) -> int:
    import itertools

    import stripe

    client = stripe.StripeClient("rk_live_bench", base_addresses={"api": address})
    invoices = client.v1.invoices.list({"limit": 100}).auto_paging_iter()
    return sum(1 for _ in itertools.islice(invoices, SDK_INVOICES))


def _rate(read: Callable[[], int]) -> float:
    """Objects a second of this process's CPU time."""
    started = time.process_time()
    count = read()
    return count / (time.process_time() - started)


def _load() -> None:
    def seconds(code: str) -> float:
        started = time.perf_counter()
        _python("-c", code)
        return time.perf_counter() - started

    bare = statistics.median(seconds("import dagster") for _ in range(ROUNDS))
    ours = statistics.median(seconds("import orchestration.definitions") for _ in range(ROUNDS))
    print(f"load       {ours:.1f} s, Dagster alone {bare:.1f} s: ratio {ours / bare:.1f}", flush=True)


def _pipeline(folder: Path) -> None:
    figures = {}
    for customers in (60, 300):
        home = folder / f"home-{customers}"
        started = time.perf_counter()
        _python("-m", "orchestration.run", "--customers", str(customers), REVFUNNEL_HOME=str(home))
        figures[customers] = time.perf_counter() - started
    ratio = figures[300] / figures[60]
    seconds = f"60 customers {figures[60]:.0f} s, 300 customers {figures[300]:.0f} s"
    print(f"pipeline   {seconds}: ratio {ratio:.1f} for 5 times as much")


def _python(*arguments: str, **environment: str) -> None:
    """Run Python quietly; its output is shown only if it fails."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("STRIPE_", "HUBSPOT_"))}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=REPOSITORY,
        env={**ours, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    sys.exit(main())
