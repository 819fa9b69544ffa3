"""Raw data in a lake: real extraction over HTTP, real dlt, real Parquet files, and the same staging tables."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from orchestration import extraction
from orchestration.dbt_manifest import DBT_EXECUTABLE, PROFILES_DIR, PROJECT_DIR, TARGET_DIR, ensure_manifest
from orchestration.lake import landing as lake_landing
from orchestration.lake import views
from orchestration.lake.move import move
from orchestration.lake.place import check_destination, filesystem, remove_unfinished
from orchestration.settings import Settings, UserError
from orchestration.spool_parts import RECORD_SCHEMA
from tests.python.raw_layer.account import Account
from tests.python.raw_layer.cases import SEED, Living, slow
from tests.python.raw_layer.homes import STREAMS, Home

FIRST_SYNC = datetime(2026, 11, 15, 13, tzinfo=UTC)


@pytest.fixture
def account(living: Living) -> Account:
    """A living account."""
    return living(SEED)


def in_lake(folder: Path, base: str) -> Home:
    """A home whose raw data lands in the folder `lake` beside it."""
    return Home(folder, base, destination=str(folder.parent / f"{folder.name}-lake"))


def files(home: Home, source: str, stream: str) -> list[Path]:
    """The Parquet files of a stream."""
    return sorted(Path(str(home.settings.lake), f"raw_{source}", stream).glob("*.parquet"))


class _Clock(datetime):
    """The time that two extractions of the same state are stamped with."""

    moment = FIRST_SYNC

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        return cls.moment.astimezone(tz)


@pytest.mark.parametrize(("syncs", "changes"), [(2, 24), slow(8, 12)])
def test_staging_is_the_same_from_both_landings(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, syncs: int, changes: int
) -> None:
    monkeypatch.setattr(extraction, "datetime", _Clock)
    homes = Home(tmp_path / "warehouse", account.base), in_lake(tmp_path / "other", account.base)
    for sync in range(syncs):
        monkeypatch.setattr(_Clock, "moment", FIRST_SYNC + timedelta(hours=6 * sync))
        for home in homes:
            home.extract()
        account.change(changes)
        account.wait(hours=6)
    warehouse, lake = homes
    assert sorted(warehouse.versions()) == sorted(lake.versions())
    assert warehouse.current() == lake.current()
    closed = "_dlt_valid_to is not null"
    assert sorted(warehouse.versions(closed)) == sorted(lake.versions(closed)) != []
    # A load that was written twice, as one that is repeated after a kill.
    for source, stream in STREAMS:
        for file in files(lake, source, stream):
            shutil.copy(file, file.with_name(f"again-{file.name}"))
    assert len(lake.versions()) == 2 * len(warehouse.versions())
    assert warehouse.current() == lake.current()
    expected, found = (staging(home, tmp_path / "building") for home in homes)
    assert len(expected) > 40
    assert sum(len(rows) > 0 for rows in expected.values()) > 20
    assert [name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name)] == []


def staging(home: Home, building: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every staging table over the raw data of a home, sorted. One folder for all, or dbt would parse anew for each."""
    ensure_manifest()
    if not building.exists():
        (building / "target").mkdir(parents=True)
        shutil.copy(TARGET_DIR / "partial_parse.msgpack", building / "target")
    shutil.copy(home.settings.warehouse_path, building / "warehouse.duckdb")
    command = [str(DBT_EXECUTABLE), "--quiet", "--no-write-json", "--log-level-file", "none", "run"]
    command += ["--select", "path:models/staging", "--target-path", str(building / "target")]
    environment = {
        **os.environ,
        "REVFUNNEL_HOME": str(building),
        "REVFUNNEL_AS_OF": "2026-11-16T12:00:00Z",
        "DBT_PROFILES_DIR": str(PROFILES_DIR),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    done = subprocess.run(command, cwd=PROJECT_DIR, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    with duckdb.connect(str(building / "warehouse.duckdb"), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        tables = connection.execute("select table_name from duckdb_tables() where schema_name = 'staging'").fetchall()
        return {name: connection.execute(f"from staging.{name} order by all").fetchall() for (name,) in tables}


def test_a_load_that_was_killed_before_its_cursors_is_repeated_without_doubles(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = in_lake(tmp_path / "home", account.base)

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(lake_landing, "write_cursors", die)
        with pytest.raises(KeyboardInterrupt):
            home.extract(sources=["stripe"])
    written = {file: file.stat().st_mtime_ns for file in files(home, "stripe", "customers")}
    assert len(written) == 1
    landed = home.extract(sources=["stripe"])
    assert (landed["customers"].fetched > 10, landed["customers"].new_versions) == (True, 0)
    assert {file: file.stat().st_mtime_ns for file in files(home, "stripe", "customers")} == written
    assert len(home.rows("from raw_stripe.cursors")) > 0


@pytest.mark.parametrize("killed_after", [(1.5,), slow((0.5, 1.0, 1.5, 2.0, 2.5, 3.0))])
def test_killed_runs_end_where_an_undisturbed_one_does(
    account: Account, tmp_path: Path, killed_after: tuple[float, ...]
) -> None:
    undisturbed, killed = Home(tmp_path / "undisturbed", account.base), in_lake(tmp_path / "killed", account.base)
    undisturbed.extract()
    kills = sum(killed.extract_killed_after(seconds) for seconds in killed_after)
    account.change(5)
    account.wait(days=1)
    undisturbed.extract()
    assert not killed.extract_killed_after(600)
    assert kills > 0
    assert killed.current() == undisturbed.current()
    assert killed.doubled() == []
    assert not list(Path(str(killed.settings.lake)).rglob("*.unfinished"))


def test_every_stream_has_a_file_in_plain_types_though_it_is_empty(account: Account, tmp_path: Path) -> None:
    home = in_lake(tmp_path / "home", account.base)
    home.extract()
    sizes = {stream: sum(pq.ParquetFile(file).metadata.num_rows for file in files(home, *stream)) for stream in STREAMS}
    assert 0 in sizes.values()
    assert sizes["stripe", "customers"] == 12  # so many were generated
    for source, stream in STREAMS:
        (file,) = files(home, source, stream)
        assert pq.read_schema(file).remove_metadata() == RECORD_SCHEMA
        assert home.rows(f"select count(*) from raw_{source}.{stream}") == [(sizes[source, stream],)]
    # Nothing has changed: nothing is written.
    home.extract()
    assert all(len(files(home, *stream)) == 1 for stream in STREAMS)


def test_a_lost_warehouse_finds_its_lake_again(account: Account, tmp_path: Path) -> None:
    home = in_lake(tmp_path / "home", account.base)
    home.extract(sources=["stripe"])
    known = sorted(home.rows("select id, extracted_at from raw_stripe.invoices"))
    home.settings.warehouse_path.unlink()
    landed = home.extract(sources=["stripe"])
    assert landed["invoices"].new_versions == 0
    assert sorted(home.rows("select id, extracted_at from raw_stripe.invoices")) == known


@pytest.mark.parametrize("call", ["put_file(source, target)", "write_text(target, '{}')"])
def test_a_file_that_is_killed_before_its_end_is_never_seen(tmp_path: Path, call: str) -> None:
    program = (
        "import os, sys\n"
        "from orchestration.lake.place import Folder\n"
        "os.fsync = lambda _: os._exit(9)\n"
        "source, target = sys.argv[1:]\n"
        f"Folder().{call}\n"
    )
    source, lake = tmp_path / "source", tmp_path / "lake"
    folder = lake / "raw_stripe" / "customers"
    folder.mkdir(parents=True)
    source.write_text("whole")
    target = folder / "x.parquet"
    target.write_text("before")
    done = subprocess.run([sys.executable, "-c", program, source, target], cwd=PROJECT_DIR, check=False)
    assert done.returncode == 9
    assert {file.name for file in folder.iterdir()} == {"x.parquet", ".x.parquet.unfinished"}
    assert target.read_text() == "before"
    remove_unfinished(str(lake), "stripe")
    filesystem(str(lake)).put_file(str(source), str(target))
    assert {file.name: file.read_text() for file in folder.iterdir()} == {"x.parquet": "whole"}


def test_a_warehouse_moves_into_a_lake_with_its_history(account: Account, tmp_path: Path) -> None:
    base = account.base
    home = Home(tmp_path / "home", base)
    for _ in range(2):
        home.extract(sources=["stripe"])
        account.change(12)
        account.wait(hours=6)
    rows = "select id, created_at, updated_at, payload, content_hash, extracted_at, deleted, _dlt_valid_to is null"
    streams = [stream for source, stream in STREAMS if source == "stripe"]
    tables = [f"raw_stripe.{stream}" for stream in streams]
    before = {table: sorted(map(str, home.rows(f"{rows} from {table}"))) for table in tables}
    cursors = home.rows("from raw_stripe.cursors")
    with pytest.raises(UserError, match="REVFUNNEL_DESTINATION says duckdb"):
        move(home.settings)
    home = in_lake(tmp_path / "home", base)
    with pytest.raises(UserError, match="`make lake` moves it"):
        home.extract(sources=["stripe"])
    assert sum(move(home.settings).values()) == sum(map(len, before.values()))
    assert {table: sorted(map(str, home.rows(f"{rows} from {table}"))) for table in tables} == before
    assert home.rows("from raw_stripe.cursors") == cursors
    assert move(home.settings) == {}, "done already"
    for stream in streams:
        (file,) = files(home, "stripe", stream)
        assert pq.read_schema(file).types == RECORD_SCHEMA.types
    assert home.extract(sources=["stripe"])["invoices"].fetched < len(before["raw_stripe.invoices"]), (
        "it goes on from its cursors"
    )
    twice = "select id from raw_stripe.invoices where _dlt_valid_to is null group by id having count(*) > 1"
    assert home.rows(twice) == []


def test_a_move_that_was_killed_is_done_again(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Home(tmp_path / "home", account.base).extract(sources=["stripe"])
    home = in_lake(tmp_path / "home", account.base)
    known = sorted(home.rows("select id, payload from raw_stripe.invoices"))
    with monkeypatch.context() as patched:
        patched.setattr(views, "show", lambda *_: sys.exit(137))
        with pytest.raises(SystemExit):
            move(home.settings)
    assert sorted(home.rows("select id, payload from raw_stripe.invoices")) == known, "the tables are still there"
    assert move(home.settings)["stripe.invoices"] == len(known)
    assert sorted(home.rows("select id, payload from raw_stripe.invoices")) == known


@pytest.mark.parametrize(
    ("first", "then", "line"),
    [
        ("duckdb", "lake", "in the warehouse itself"),
        ("lake", "duckdb", "in another place"),
        ("lake", "lake2", "in another place"),
    ],
)
def test_another_destination_for_the_same_warehouse_is_refused(
    account: Account, tmp_path: Path, first: str, then: str, line: str
) -> None:
    places: dict[str, str] = {name: str(tmp_path / name) for name in ("lake", "lake2")} | {"duckdb": "duckdb"}
    Home(tmp_path / "home", account.base, destination=places[first]).extract(sources=["stripe"])
    with pytest.raises(UserError, match=line) as caught:
        Home(tmp_path / "home", account.base, destination=places[then]).extract(sources=["stripe"])
    assert ("`make lake` moves it" if first == "duckdb" else "set it back") in str(caught.value)
    assert not (tmp_path / "lake2").exists()


@pytest.mark.parametrize(("url", "package"), [("s3://b/f", "s3fs"), ("gs://b/f", "gcsfs"), ("az://b/f", "adlfs")])
def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, package: str) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UserError, match=f"^REVFUNNEL_DESTINATION: {url[:5]}.* needs the package {package} .*`lake`"):
        check_destination(Settings(home=tmp_path, destination=url))


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"^REVFUNNEL_DESTINATION: cannot write to .*file/lake") as caught:
        check_destination(Settings(home=tmp_path, destination=str(tmp_path / "file" / "lake")))
    assert "\n" not in str(caught.value)
    check_destination(Settings(home=tmp_path, destination=str(tmp_path / "new" / "lake")))
    assert not any(path.is_file() for path in (tmp_path / "new").rglob("*"))
