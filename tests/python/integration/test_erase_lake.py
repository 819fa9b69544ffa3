"""Erasure in a lake: no file holds a word of the person, also where a run was killed in the middle."""

from pathlib import Path
from typing import Any

import pytest

from orchestration.erase import erase
from orchestration.lake.place import Folder
from orchestration.settings import UserError
from tests.python.small_accounts.erased_person import EVENT, INVOICE, OTHER, SECRETS, Home, customer


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """The person's data in a folder of Parquet files."""
    return Home(tmp_path, str(tmp_path / "lake"))


def left(home: Home) -> list[bytes]:
    """What is still told of her, in any row of any raw table and in any byte of the warehouse's own file."""
    tables = home.rows("select table_schema || '.' || table_name from information_schema.tables")
    texts = "".join(str(home.rows(f"from {table}")) for (table,) in tables).lower().encode()
    texts += home.settings.warehouse_path.read_bytes().lower()
    return [secret for secret in SECRETS if secret in texts]


def files(home: Home) -> set[Path]:
    """Every file of the lake."""
    return {path for path in Path(str(home.settings.lake)).rglob("*") if path.is_file()}


def test_nothing_personal_is_left_in_any_file(home: Home) -> None:
    before, names = (
        home.rows("select id, extracted_at, _dlt_valid_to from raw_stripe.customers order by all"),
        files(home),
    )
    assert set(left(home)) == set(SECRETS)
    assert erase("cus_1", home.settings).versions["customers"] == 2
    erase("contacts:500", home.settings)
    assert left(home) == []
    assert home.rows("select id, extracted_at, _dlt_valid_to from raw_stripe.customers order by all") == before
    assert files(home) == names, "rewritten in place: no second copy of a version, nothing half done"
    assert OTHER in home.objects("raw_stripe.customers")
    assert home.objects("raw_stripe.invoices")[0]["total"] == 4900


@pytest.mark.parametrize("written", [0, 1, 4])
def test_a_run_that_was_killed_is_finished_by_the_next(
    home: Home, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    put_file, done = Folder.put_file, []

    def killed(self: Folder, *arguments: Any, **named: Any) -> None:
        if len(done) == written:
            raise KeyboardInterrupt
        put_file(self, *arguments, **named)
        done.append(arguments)

    with monkeypatch.context() as patched:
        patched.setattr(Folder, "put_file", killed)
        with pytest.raises(KeyboardInterrupt):
            erase("cus_1", home.settings)
    assert b"lovelace" in left(home)
    erase("cus_1", home.settings)
    erase("contacts:500", home.settings)
    assert left(home) == []


def test_a_sync_of_an_erased_person_brings_nothing_back(home: Home) -> None:
    erase("cus_1", home.settings)
    assert home.stripe({"customers": [customer(), OTHER], "invoices": [INVOICE], "events": [EVENT]}) == 0
    assert home.stripe({"customers": [{**customer("ada@elsewhere.example"), "balance": -500}, OTHER]}) == 1
    last = home.objects("raw_stripe.customers")[-1]
    assert (last["email"], last["balance"]) == (None, -500)
    assert len(home.rows("from raw_stripe.customers")) == 4


def test_an_unknown_person_changes_no_file(home: Home) -> None:
    before = {file: file.read_bytes() for file in files(home)}
    with pytest.raises(UserError, match="no customer"):
        erase("777", home.settings)
    assert {file: file.read_bytes() for file in files(home)} == before
