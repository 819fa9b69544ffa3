"""What is checked before anything runs: the warehouse's lock, and that two companies' data never mix."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.driver.preflight import check_warehouse, claim
from orchestration.origin import ACCOUNTS, Record, new_record, of_home, write_home, write_lake
from orchestration.settings import Settings, UserError


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def make_warehouse(settings: Settings) -> None:
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute("create table customers (id varchar)")


def test_no_warehouse_yet_is_fine(settings: Settings) -> None:
    check_warehouse(settings)


def test_the_process_that_holds_the_warehouse_is_named(settings: Settings) -> None:
    make_warehouse(settings)
    path = str(settings.warehouse_path)
    program = f"import duckdb, time; c = duckdb.connect({path!r}); print('open', flush=True); time.sleep(60)"
    holder = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(UserError, match=rf"open in another process .*process id {holder.pid}.*published\.duckdb"):
            check_warehouse(settings)
    finally:
        holder.kill()
        holder.communicate()


def test_a_file_that_is_no_warehouse_is_said_to_be_none(settings: Settings) -> None:
    settings.warehouse_path.write_text("x" * 10_000)
    with pytest.raises(UserError, match="cannot be opened") as caught:
        check_warehouse(settings)
    assert "\n" not in str(caught.value)


def test_the_same_company_goes_on_where_it_was(settings: Settings) -> None:
    assert claim(settings, "sandbox a") is None
    make_warehouse(settings)
    assert claim(settings, "sandbox a") is None
    assert settings.warehouse_path.exists()


@pytest.mark.parametrize("next_origin", ["sandbox b", ACCOUNTS])
def test_the_warehouse_of_another_sandbox_company_is_set_aside(settings: Settings, next_origin: str) -> None:
    claim(settings, "sandbox a")
    make_warehouse(settings)
    assert "former-sandbox" in (claim(settings, next_origin) or "")
    assert not settings.warehouse_path.exists()
    assert (settings.home / "warehouse-of-the-former-sandbox.duckdb").exists()


def test_the_sandbox_never_touches_the_warehouse_of_real_accounts(settings: Settings) -> None:
    claim(settings, ACCOUNTS)
    make_warehouse(settings)
    with pytest.raises(UserError, match="your own accounts"):
        claim(settings, "sandbox a")
    assert settings.warehouse_path.exists()


def test_a_warehouse_of_unknown_origin_is_kept(settings: Settings) -> None:
    make_warehouse(settings)
    assert claim(settings, ACCOUNTS) is None
    assert settings.warehouse_path.exists()


def test_nothing_is_forgotten_of_whose_data_it_is_while_it_is_there(settings: Settings) -> None:
    make_warehouse(settings)
    write_home(settings, Record("accounts", "2026-01-01", stripe={"account": "acct_1"}))
    claim(settings, ACCOUNTS)
    assert of_home(settings) == Record("accounts", "2026-01-01", stripe={"account": "acct_1"})
    settings.warehouse_path.rename(settings.home / "former.duckdb")
    claim(settings, ACCOUNTS)
    assert (of_home(settings) or Record("")).stripe == {}, "a new warehouse is anybody's"


def test_a_record_that_was_cut_short_is_one_line(settings: Settings) -> None:
    (settings.home / "origin.json").write_text('{"origin": "acc')
    with pytest.raises(UserError, match=r"origin\.json cannot be read; .*[Dd]elete it") as caught:
        claim(settings, ACCOUNTS)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("first", "then", "whose"),
    [("sandbox a", "sandbox b", "another sandbox company"), (ACCOUNTS, "sandbox a", "your own accounts")],
)
def test_two_companies_never_land_in_one_lake(tmp_path: Path, first: str, then: str, whose: str) -> None:
    lake = tmp_path / "lake"
    (lake / "raw_stripe").mkdir(parents=True)
    write_lake(str(lake), new_record(first))
    for home in ("one", "two"):  # the lake says it, whichever home looks at it
        (tmp_path / home).mkdir()
        claim(Settings(home=tmp_path / home, destination=str(lake)), first)
    with pytest.raises(UserError, match=f"lake holds the data of {whose}; choose an empty folder"):
        claim(Settings(home=tmp_path / "one", destination=str(lake)), then)
    assert (of_home(Settings(home=tmp_path / "one")) or Record("")).origin == first


def test_looking_at_an_empty_lake_leaves_it_to_whoever_comes(tmp_path: Path) -> None:
    (tmp_path / "lake").mkdir()
    settings = Settings(home=tmp_path, destination=str(tmp_path / "lake"))
    for company in ("sandbox a", ACCOUNTS):
        claim(settings, company)
    assert list((tmp_path / "lake").iterdir()) == []


def test_the_lake_of_others_leaves_the_home_as_it_is(tmp_path: Path) -> None:
    """A refusal comes before anything is set aside."""
    lake = tmp_path / "lake"
    (lake / "raw_stripe").mkdir(parents=True)
    write_lake(str(lake), new_record("sandbox a"))
    settings = Settings(home=tmp_path, destination=str(lake))
    claim(settings, "sandbox a")
    make_warehouse(settings)
    with pytest.raises(UserError, match="holds the data of another sandbox company"):
        claim(settings, ACCOUNTS)
    assert settings.warehouse_path.exists()
