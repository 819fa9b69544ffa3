"""Nothing lost, nothing doubled, nothing stale: the raw layer against a living account.

The long forms (50 kills, every fault, 40 days of hourly changes, 100,000 invoices) are marked `slow`; short forms of
the same tests are always run. A test that fails prints its seed.
"""

import random
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.settings import UserError
from tests.bench_extract import write_invoices
from tests.python.raw_layer.account import Account
from tests.python.raw_layer.homes import STREAMS, Home

SEED = 7
StartSandbox = Callable[[Path], str]
# The switches with a rate that strikes every run of the small account, but lets it come to an end.
SAME_AT_ONCE = {
    "rate_limit": 0.2,
    "rate_limit_silent": 0.1,
    "error_500": 0.1,
    "error_502": 0.1,
    "error_503": 0.1,
    "timeout": 0.05,
    "cut_body": 0.1,
    "cut_json": 0.1,
    "html": 0.1,
    "wrong_shape": 0.1,
    "duplicate_page": 0.3,
    "reordered_page": 0.3,
}
# These change what there is to read, or keep it back: the same once they have stopped and a day has passed.
SAME_LATER = {"change_while_paging": 0.2, "index_lag": 7_200, "older_shape": 0.5, "daily_limit": 10}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small generated company."""
    from sandbox.company import generate

    folder = tmp_path_factory.mktemp("company")
    generate(folder, customers=12, months=4, seed=SEED, as_of=None)
    return folder


@pytest.fixture
def account(sandbox_server: StartSandbox, company: Path) -> Account:
    """A living account of its own for each test."""
    return Account(sandbox_server(company), company, SEED)


def slow(*values: object) -> object:
    """The long form of a test."""
    return pytest.param(*values, marks=pytest.mark.slow)


@pytest.mark.parametrize("kills", [2, slow(50)])
def test_a_killed_run_loses_and_doubles_nothing(account: Account, tmp_path: Path, kills: int) -> None:
    dice = random.Random(SEED)
    undisturbed, killed = Home(tmp_path / "undisturbed", account.base), Home(tmp_path / "killed", account.base)
    done = 0
    while done < kills:
        account.change(3)
        account.wait(minutes=dice.choice((10, 60, 600)))
        undisturbed.extract()
        done += killed.extract_killed_after(dice.uniform(0.0, 5.0))
    account.wait(days=1)
    undisturbed.extract()
    assert not killed.extract_killed_after(600)
    assert only("stripe", killed.current()) == only("stripe", undisturbed.current())
    # HubSpot tells nobody what was archived while a read of contacts was interrupted: the next look at the archived
    # ones, a run later, finds it.
    for home in (undisturbed, killed):
        account.wait(days=1)
        home.extract()
    assert killed.current() == undisturbed.current()
    assert killed.doubled() == []
    # Every event was seen, whichever run it fell into. (Objects between two of them need not have been.)
    assert events(killed) == events(undisturbed)
    assert versions_of_objects(killed) <= versions_of_objects(undisturbed)


@pytest.mark.parametrize(
    "switches",
    [
        ("duplicate_page", "rate_limit", "cut_body"),
        *(slow((name,)) for name in SAME_AT_ONCE),
        *(slow(tuple(random.Random(seed).sample(list(SAME_AT_ONCE), 3))) for seed in range(6)),
    ],
    ids="+".join,
)
def test_a_fault_that_passes_changes_nothing(account: Account, tmp_path: Path, switches: tuple[str, ...]) -> None:
    undisturbed, disturbed = Home(tmp_path / "undisturbed", account.base), Home(tmp_path / "disturbed", account.base)
    undisturbed.extract()
    for _ in range(2):  # in full, and what has changed since
        account.faults(**{name: SAME_AT_ONCE[name] for name in switches})
        until_it_succeeds(disturbed)
        assert account.fired()
        account.faults()
        assert disturbed.current() == undisturbed.current()
        account.change(10)
        account.wait(hours=1)
        undisturbed.extract()


@pytest.mark.parametrize("switch", [slow(name) if name != "change_while_paging" else name for name in SAME_LATER])
def test_a_fault_that_hides_something_is_made_good(account: Account, tmp_path: Path, switch: str) -> None:
    disturbed = Home(tmp_path / "disturbed", account.base)
    disturbed.extract()
    account.change(10)
    account.wait(hours=1)
    account.faults(**{switch: SAME_LATER[switch]})
    try:
        disturbed.extract()
    except UserError as error:
        assert switch == "daily_limit"
        assert "daily limit" in str(error)
    account.faults()
    account.wait(days=1)
    # In another shape an object has other versions; once it is changed again, it is read in the usual one.
    if switch == "older_shape":
        assert {version[:2] for version in disturbed.current()} >= {
            version[:2] for version in current(account, tmp_path)
        }
        return
    disturbed.extract()
    assert disturbed.current() == current(account, tmp_path)
    assert disturbed.doubled() == []


@pytest.mark.parametrize(("runs", "hours"), [(3, 8), slow(160, 6)], ids=["a day", "40 days"])
def test_hourly_changes_and_gaps_end_where_the_server_is(
    account: Account, tmp_path: Path, runs: int, hours: int
) -> None:
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
    assert without_events(home.current()) == without_events(current(account, tmp_path))
    assert home.doubled() == []


@pytest.mark.parametrize(("invoices", "changed"), [(3_000, 30), slow(100_000, 500)])
def test_a_later_run_costs_what_has_changed(
    sandbox_server: StartSandbox, tmp_path: Path, invoices: int, changed: int
) -> None:
    folder = write_invoices(tmp_path / "company", invoices)
    account = Account(sandbox_server(folder), folder, SEED)
    home = Home(tmp_path / "home", account.base)
    home.extract(sources=["stripe"])
    first = account.requests()
    for number in range(changed):
        account.post("stripe/invoices", {"id": account.invoice(number), "metadata": {"touched": "1"}})
    account.wait(minutes=10)
    assert home.extract(sources=["stripe"])["invoices"].new_versions == changed
    second = account.requests()
    lists = {path: count for path, count in second.items() if "{id}" not in path}
    print(
        f"first run {sum(first.values())} requests, second {sum(second.values())}, of them lists {sum(lists.values())}"
    )
    assert lists.get("GET /v1/invoices", 0) < max(invoices / 100 * 0.01, 1)
    assert sum(second.values()) <= changed * 1.02 + 50
    assert home.extract(sources=["stripe"])["invoices"].new_versions == 0


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


def only(source: str, versions: set[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
    """The versions of one vendor's objects."""
    return {version for version in versions if version[0].startswith(source)}


def until_it_succeeds(home: Home) -> None:
    """Run again after a clear error, as a schedule would."""
    for _ in range(4):
        try:
            home.extract()
        except UserError as error:
            assert "\n" not in str(error)
        else:
            return
    raise AssertionError("four runs in a row have failed")


def current(account: Account, folder: Path) -> set[tuple[str, str, str]]:
    """What the server has now, read into a home of its own."""
    fresh = Home(folder / "fresh", account.base)
    fresh.extract()
    return fresh.current()


def events(home: Home) -> set[tuple[str, str, str]]:
    """The events that have been kept."""
    return {version for version in home.versions() if version[0] == "stripe.events"}


def without_events(versions: set[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
    """Leave out events, which the server forgets after 30 days and we do not."""
    return {version for version in versions if version[0] != "stripe.events"}


def versions_of_objects(home: Home) -> set[tuple[str, str, str]]:
    """Versions of what is listed; links are noticed whenever a run looks at them."""
    return {version for version in home.versions() if ".associations_" not in version[0]}


def tables(home: Home) -> list[tuple[str, str]]:
    """Every table of the raw layer, the streams' and our own."""
    own = [(source, name) for source in ("stripe", "hubspot") for name in ("rejected", "cursors")]
    return [*STREAMS, *(table for table in own if exists(home, *table))]


def exists(home: Home, source: str, table: str) -> bool:
    """Whether there is such a table."""
    query = f"select 1 from duckdb_tables() where schema_name = 'raw_{source}' and table_name = '{table}'"
    return bool(home.rows(query))
