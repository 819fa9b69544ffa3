"""Nothing lost, nothing doubled, nothing stale: the raw layer against a living account.

The long forms (50 kills, 40 days of hourly changes, 100,000 invoices) are marked `slow`; short forms of the same tests
are always run. Faults are in test_raw_layer_faults.py.
"""

import random
import time
import traceback
from pathlib import Path
from typing import NamedTuple

import pytest

from orchestration.settings import UserError
from tests.bench_extract import write_invoices
from tests.python.conftest import StartSandbox
from tests.python.raw_layer.account import Account
from tests.python.raw_layer.cases import SEED, Living, slow
from tests.python.raw_layer.homes import STREAMS, Home, Version


@pytest.fixture
def account(living: Living) -> Account:
    """A living account."""
    return living(SEED)


@pytest.mark.parametrize(("kills", "seed"), [(2, SEED), *(slow(50, seed) for seed in (7, 8, 9))])
def test_a_killed_run_loses_and_doubles_nothing(living: Living, tmp_path: Path, kills: int, seed: int) -> None:
    account, dice = living(seed), random.Random(seed)
    undisturbed, killed = Home(tmp_path / "undisturbed", account.base), Home(tmp_path / "killed", account.base)
    done = 0
    while done < kills:
        account.change(3)
        account.wait(minutes=dice.choice((10, 60, 600)))
        began = time.monotonic()
        undisturbed.extract()
        done += killed.extract_killed_after(dice.uniform(0.0, time.monotonic() - began))
    account.wait(days=1)
    undisturbed.extract()
    assert not killed.extract_killed_after(600)
    assert killed.current() == undisturbed.current()
    assert killed.doubled() == []
    # Every event was seen, whichever run it fell into. (Objects between two of them need not have been.)
    assert events(killed) == events(undisturbed)
    assert live_versions(killed) <= live_versions(undisturbed)


@pytest.mark.parametrize(
    ("runs", "hours", "seed"), [(3, 8, SEED), *(slow(160, 6, seed) for seed in (7, 8, 9))], ids=str
)
def test_hourly_changes_and_gaps_end_where_the_server_is(
    living: Living, tmp_path: Path, runs: int, hours: int, seed: int
) -> None:
    account = living(seed)
    home = Home(tmp_path / "home", account.base)
    home.extract()
    gaps = {runs // 3: 2, 2 * runs // 3: 35}  # before these runs, so many days without one
    for run in range(runs):
        for _ in range(hours):
            account.change()
            account.wait(hours=1)
        account.wait(days=gaps.get(run, 0))
        home.extract()
    account.wait(days=1)
    home.extract()
    fresh = Home(tmp_path / "fresh", account.base)
    fresh.extract()
    assert without_events(home.current()) == without_events(fresh.current())
    assert home.doubled() == []


@pytest.mark.parametrize(("invoices", "changed"), [(3_000, 30), slow(100_000, 500)])
def test_a_later_run_costs_what_has_changed(
    sandbox_server: StartSandbox, tmp_path: Path, invoices: int, changed: int
) -> None:
    folder = write_invoices(tmp_path / "company", invoices)
    account = Account(sandbox_server(folder), folder, SEED)
    home = Home(tmp_path / "home", account.base)
    home.extract(sources=["stripe"])
    first = asked(account)
    touched = random.Random(SEED).sample(range(invoices), changed)
    for times, number in enumerate((*touched, *touched[:5])):  # some of them twice
        account.post("stripe/invoices", {"id": account.invoice(number), "metadata": {"touched": str(times)}})
    account.wait(minutes=10)
    assert home.extract(sources=["stripe"])["invoices"].new_versions == changed
    second = asked(account)
    assert home.extract(sources=["stripe"])["invoices"].new_versions == 0
    third = asked(account)
    print(f"first run {first}, with {changed} changed objects {second}, with none {third}")
    assert second.pages < (changed + 5) / 100 + 5  # the pages of the events, and at most four of other lists
    assert second.pages < first.pages / 100 or invoices < 100_000
    assert second.invoices == changed
    assert third.pages <= second.pages  # the same events, while there are no younger ones
    assert third.invoices == third.beside == 0


def test_no_secret_is_left_anywhere(account: Account, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    secrets = ("rk_live_verysecret", "pat-verysecret")
    said: list[str] = []
    home = Home(tmp_path / "home", account.base, key=secrets[0], token=secrets[1])
    account.faults(rate_limit=0.1, html=0.1, cut_body=0.1)
    home.extract(said.append)
    account.faults(error_500=1.0)
    account.put("forbidden", {"paths": ["/v1/customers", "/crm/v3/objects/contacts"]})
    refused = Home(tmp_path / "refused", account.base, key="verysecret", token="wrong")
    for source in ("stripe", "hubspot"):
        account.faults()
        with pytest.raises(UserError):
            refused.extract(said.append, [source])
        try:
            home.extract(said.append, [source])
        except UserError:
            said.append(traceback.format_exc())
    captured = capfd.readouterr()
    texts = "\n".join([*said, captured.out, captured.err])
    files = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    stored = "".join(str(home.rows(f"from raw_{source}.{table}")) for source, table in tables(home))
    assert "verysecret" not in texts + stored
    assert b"verysecret" not in files


class Asked(NamedTuple):
    """Requests: pages of lists, single invoices, and what belongs to an invoice: pages of its further lines, and its
    items, which change without an event when they are billed."""

    pages: int
    invoices: int
    beside: int


def asked(account: Account) -> Asked:
    """What was asked for since the last time this was called."""
    counted = account.requests()
    invoices = counted.get("GET /v1/invoices/{id}", 0)
    of_one = sum(count for path, count in counted.items() if "{id}" in path)
    return Asked(sum(counted.values()) - of_one, invoices, of_one - invoices)


def events(home: Home) -> set[Version]:
    """The events that have been kept."""
    return {version for version in home.versions() if version[0] == "stripe.events"}


def without_events(versions: set[Version]) -> set[Version]:
    """Leave out events, which the server forgets after 30 days and we do not."""
    return {version for version in versions if version[0] != "stripe.events"}


def live_versions(home: Home) -> set[Version]:
    """Versions of what is listed. Links are noticed whenever a run looks at them, and the tombstone of a merged record
    says what was last known of it."""
    return {version for version in home.versions("not deleted") if ".associations_" not in version[0]}


def tables(home: Home) -> list[tuple[str, str]]:
    """Every table of the raw layer, the streams' and our own."""
    own = [(source, name) for source in ("stripe", "hubspot") for name in ("rejected", "cursors")]
    return [*STREAMS, *(table for table in own if exists(home, *table))]


def exists(home: Home, source: str, table: str) -> bool:
    """Whether there is such a table."""
    query = f"select 1 from duckdb_tables() where schema_name = 'raw_{source}' and table_name = '{table}'"
    return bool(home.rows(query))
