"""What is checked before anything runs: the warehouse's lock, and that two companies' data never mix."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.driver.preflight import ACCOUNTS, check_warehouse, claim_home, claim_lake
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
    assert claim_home(settings, "sandbox a") is None
    make_warehouse(settings)
    assert claim_home(settings, "sandbox a") is None
    assert settings.warehouse_path.exists()


@pytest.mark.parametrize("next_origin", ["sandbox b", ACCOUNTS])
def test_the_warehouse_of_another_sandbox_company_is_set_aside(settings: Settings, next_origin: str) -> None:
    claim_home(settings, "sandbox a")
    make_warehouse(settings)
    assert "former-sandbox" in (claim_home(settings, next_origin) or "")
    assert not settings.warehouse_path.exists()
    assert (settings.home / "warehouse-of-the-former-sandbox.duckdb").exists()


def test_the_sandbox_never_touches_the_warehouse_of_real_accounts(settings: Settings) -> None:
    claim_home(settings, ACCOUNTS)
    make_warehouse(settings)
    with pytest.raises(UserError, match="your own accounts"):
        claim_home(settings, "sandbox a")
    assert settings.warehouse_path.exists()


def test_a_warehouse_of_unknown_origin_is_kept(settings: Settings) -> None:
    make_warehouse(settings)
    assert claim_home(settings, ACCOUNTS) is None
    assert settings.warehouse_path.exists()


@pytest.mark.parametrize(
    ("first", "then", "whose"),
    [("sandbox a", "sandbox b", "another sandbox company"), (ACCOUNTS, "sandbox a", "your own accounts")],
)
def test_two_companies_never_land_in_one_lake(tmp_path: Path, first: str, then: str, whose: str) -> None:
    lake = str(tmp_path / "lake")
    (tmp_path / "lake").mkdir()
    for home in ("one", "two"):  # the lake says it, whichever home looks at it
        claim_lake(Settings(home=tmp_path / home, destination=lake), first)
    with pytest.raises(UserError, match=f"lake holds the data of {whose}; choose an empty folder"):
        claim_lake(Settings(home=tmp_path / "three", destination=lake), then)
    claim_lake(Settings(home=tmp_path / "three"), then)
