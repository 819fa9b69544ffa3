"""Every fault switch of the sandbox, alone and three together: the raw layer ends where an undisturbed one does.

The long forms are marked `slow`.
"""

import random
from pathlib import Path

import pytest

from orchestration import retries
from tests.python.raw_layer.cases import SEED, Living, slow, until_it_succeeds
from tests.python.raw_layer.homes import Home, Version

# The switches with a value that strikes every run of the small account, but lets it come to an end.
PASSING = {
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
    "duplicate_page": 0.4,
    "reordered_page": 0.3,
    "requests_per_second": 10,
}
# These change what there is to read, or keep it back: the same once they have stopped and a day has passed.
HIDING = {"change_while_paging": 0.2, "index_lag": 7_200, "older_shape": 0.5, "daily_limit": 10}
SWITCHES = PASSING | HIDING
# What shows objects in the shape that they had when they were read.
SHAPED = {"stripe.invoices", "stripe.subscriptions", "stripe.events"}
# More than a search shows, changed in one millisecond.
MANY, EDITED = 10_500, 10_200
# The sandbox does not count these, or a slow machine does not come to it.
UNSEEN = {"index_lag", "older_shape", "requests_per_second"}


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch, switches: tuple[str, ...]) -> None:
    """Waits between attempts take a twentieth of their time, unless it is the time that they wait for."""
    wait = retries.Backoff.wait_seconds
    if "requests_per_second" not in switches:
        monkeypatch.setattr(retries.Backoff, "wait_seconds", lambda *arguments: wait(*arguments) / 20)


def triples(count: int) -> list[tuple[str, ...]]:
    """Random triples of switches; every one of them is in some."""
    dice, found = random.Random(SEED), list[tuple[str, ...]]()
    while len(found) < count:
        shuffled = dice.sample(list(SWITCHES), len(SWITCHES))
        found += [tuple(shuffled[start : start + 3]) for start in range(0, len(shuffled) - 2, 3)]
    return found[:count]


@pytest.mark.parametrize(
    "switches",
    [
        ("change_while_paging", "rate_limit", "cut_body"),
        *(slow((name,)) for name in SWITCHES),
        *(slow(names) for names in triples(15)),
    ],
    ids="+".join,
)
def test_a_fault_changes_nothing_in_the_end(living: Living, tmp_path: Path, switches: tuple[str, ...]) -> None:
    account = living(SEED)
    undisturbed, disturbed = Home(tmp_path / "undisturbed", account.base), Home(tmp_path / "disturbed", account.base)
    fired: dict[str, int] = {}
    for _ in range(2):  # in full, and what has changed since
        account.faults(**{name: SWITCHES[name] for name in switches})
        until_it_succeeds(disturbed, may_be_out_of_calls="daily_limit" in switches)
        fired |= account.fired()
        account.faults()
        if {*switches} & {*HIDING}:
            account.wait(days=1)
            disturbed.extract()
        undisturbed.extract()
        shape_stays = "older_shape" not in switches
        assert comparable(disturbed.current(), shaped=shape_stays) == comparable(
            undisturbed.current(), shaped=shape_stays
        )
        assert disturbed.doubled() == []
        account.change(10)
        account.wait(hours=1)
    assert fired.keys() >= {*switches} - UNSEEN


@pytest.mark.slow
@pytest.mark.parametrize("switches", [(), ("duplicate_page", "cut_json", "rate_limit"), ("error_503", "index_lag")])
def test_more_records_with_one_modified_millisecond_than_a_search_shows(
    living: Living, tmp_path: Path, switches: tuple[str, ...]
) -> None:
    account = living(SEED)
    home = Home(tmp_path / "home", account.base)
    account.post("hubspot/tasks", [{"properties": {"hs_task_status": "WAITING"}}] * MANY)
    account.wait(hours=2)
    home.extract(sources=["hubspot"])
    account.wait(hours=2)
    account.faults(**{name: SWITCHES[name] for name in switches})
    edit = {"properties": {"hs_task_status": "COMPLETED"}, "first": EDITED}
    assert account.post("hubspot/tasks/bulk_edit", edit)["edited"] == EDITED
    for _ in range(3):
        account.wait(hours=1)
        until_it_succeeds(home, sources=["hubspot"])
    done = "select count(*) from raw_hubspot.tasks where _dlt_valid_to is null and contains(payload, 'COMPLETED')"
    assert home.rows(done) == [(EDITED,)]


def comparable(versions: set[Version], *, shaped: bool) -> set[Version]:
    """The versions; `shaped` false: without the content of what keeps the shape in which it was read."""
    return {(table, key, content if shaped or table not in SHAPED else "") for table, key, content in versions}
