"""Publishing: all or nothing, in one step, past open readers, in the format that older DuckDBs read."""

import re
import time
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration import publish
from orchestration.parquet import write_parquet
from orchestration.publish import refuse_behind_failed_checks
from orchestration.published_tables import SideTable, check_states, data_dictionary
from orchestration.settings import UserError

META = {"published_at": datetime(2026, 3, 15, tzinfo=UTC), "reporting_currency": "usd"}


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    fill(path, [1, 2, 3])
    return path


def fill(path: Path, values: list[int]) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema if not exists marts")
        connection.execute("create or replace table marts.mrr_monthly (mrr bigint)")
        connection.executemany("insert into marts.mrr_monthly values (?)", [[value] for value in values])
        connection.execute("create schema if not exists raw_stripe")
        connection.execute("create table if not exists raw_stripe.customers (payload varchar)")


def read(connection: duckdb.DuckDBPyConnection) -> list[int]:
    return [row[0] for row in connection.execute("select mrr from marts.mrr_monthly order by mrr").fetchall()]


def test_the_copy_holds_the_marts_and_what_it_is(tmp_path: Path, warehouse: Path) -> None:
    target = tmp_path / "published.duckdb"
    assert publish.publish(warehouse, target, ["mrr_monthly"], META).rows == {"mrr_monthly": 3}
    with duckdb.connect(str(target), read_only=True) as connection:
        assert read(connection) == [1, 2, 3]
        assert connection.execute("select published_at, reporting_currency from marts.meta").fetchall() == [
            (META["published_at"], "usd")
        ]
        tables = connection.execute("select table_schema, table_name from information_schema.tables").fetchall()
        assert sorted(tables) == [("marts", "meta"), ("marts", "mrr_monthly")]
        (tags,) = connection.execute("select tags from duckdb_databases() where not internal").fetchone() or ({},)
        assert tags["storage_version"].startswith("v1.4.0")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["published.duckdb", "warehouse.duckdb"]


def test_an_open_reader_keeps_its_snapshot_and_the_next_one_sees_the_new_file(tmp_path: Path, warehouse: Path) -> None:
    target = tmp_path / "published.duckdb"
    publish.publish(warehouse, target, ["mrr_monthly"], META)
    reader = duckdb.connect(str(target), read_only=True)
    fill(warehouse, [7])
    publish.publish(warehouse, target, ["mrr_monthly"], META)
    assert read(reader) == [1, 2, 3]
    reader.close()
    with duckdb.connect(str(target), read_only=True) as connection:
        assert read(connection) == [7]


def test_a_missing_table_leaves_the_last_good_file(tmp_path: Path, warehouse: Path) -> None:
    target = tmp_path / "published.duckdb"
    publish.publish(warehouse, target, ["mrr_monthly"], META)
    before = target.read_bytes()
    with pytest.raises(UserError, match=r"marts\.nrr_monthly is not in the warehouse"):
        publish.publish(warehouse, target, ["mrr_monthly", "nrr_monthly"], META)
    assert target.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["published.duckdb", "warehouse.duckdb"]


def test_rows_that_do_not_arrive_leave_the_last_good_file(
    tmp_path: Path, warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "published.duckdb"
    publish.publish(warehouse, target, ["mrr_monthly"], META)
    before = target.read_bytes()
    monkeypatch.setattr(publish, "_count", lambda *_: {"mrr_monthly": 2})
    with pytest.raises(UserError, match="mrr_monthly 2 of 3"):
        publish.publish(warehouse, target, ["mrr_monthly"], META)
    assert target.read_bytes() == before


def test_a_stale_write_ahead_log_is_not_replayed_onto_the_new_file(tmp_path: Path, warehouse: Path) -> None:
    target = tmp_path / "published.duckdb"
    stale = tmp_path / "published.duckdb.wal"
    stale.write_bytes(b"left by a writer that died")
    publish.publish(warehouse, target, ["mrr_monthly"], META)
    assert not stale.exists()
    with duckdb.connect(str(target), read_only=True) as connection:
        assert read(connection) == [1, 2, 3]


def test_a_half_written_copy_of_a_killed_publish_is_no_obstacle(tmp_path: Path, warehouse: Path) -> None:
    (tmp_path / ".published.tmp").write_bytes(b"half a file")
    publish.publish(warehouse, tmp_path / "published.duckdb", ["mrr_monthly"], META)
    assert not (tmp_path / ".published.tmp").exists()


def test_side_tables_are_written_with_their_types(tmp_path: Path, warehouse: Path) -> None:
    side = SideTable("check_states", {"check_name": "varchar", "is_blocking": "boolean"}, [("balances", True)])
    empty = SideTable("data_dictionary", {"table_name": "varchar"}, [])
    target = tmp_path / "published.duckdb"
    copied = publish.publish(warehouse, target, ["mrr_monthly"], META, sides=[side, empty])
    assert copied.rows == {"mrr_monthly": 3, "check_states": 1, "data_dictionary": 0}
    with duckdb.connect(str(target), read_only=True) as connection:
        assert connection.execute("select * from marts.check_states").fetchall() == [("balances", True)]
        (tags,) = connection.execute("select tags from duckdb_databases() where not internal").fetchone() or ({},)
        assert tags["storage_version"].startswith("v1.4.0")


def test_the_dictionary_describes_every_column_of_every_mart() -> None:
    columns = {(row[0], row[1]): row for row in data_dictionary().rows}
    assert {"mrr_monthly", "nrr_monthly", "benchmark_results"} <= {table for table, _ in columns}
    assert columns["mrr_monthly", "mrr"][2] == "decimal(28,8)"
    assert all(description for *_, description, _ in columns.values())


def test_a_description_can_be_read_without_the_one_before_it() -> None:
    """In the dictionary, and beside a column in a BI tool, it stands alone."""
    leaning = re.compile(
        r"^(The same|Their|Those of them|Share of them|The part of it|Upper end of it)\b|\b(of the same|days since)\.$"
    )
    assert [row[:2] for row in data_dictionary().rows if leaning.search(str(row[3]))] == []


def test_parquet_files_are_turned_to_at_once_and_the_last_ones_stay_for_their_readers(
    tmp_path: Path, warehouse: Path
) -> None:
    target, link = tmp_path / "published.duckdb", tmp_path / "parquet"
    folders = []
    for number in (1, 2, 3):
        fill(warehouse, [number])
        publish.publish(warehouse, target, ["mrr_monthly"], META)
        write_parquet(target, link, ["mrr_monthly"], datetime(2026, 3, number, tzinfo=UTC))
        folders.append(link.readlink().name)
        with duckdb.connect() as reader:
            found = reader.execute(f"select mrr from '{link}/mrr_monthly.parquet'").fetchall()
        assert found == [(number,)]
    assert sorted(path.name for path in tmp_path.glob("parquet-*")) == folders[1:]


def test_parquet_never_replaces_a_real_folder(tmp_path: Path, warehouse: Path) -> None:
    target, link = tmp_path / "published.duckdb", tmp_path / "parquet"
    publish.publish(warehouse, target, ["mrr_monthly"], META)
    link.mkdir()
    with pytest.raises(UserError, match="in the way"):
        write_parquet(target, link, ["mrr_monthly"], datetime(2026, 3, 1, tzinfo=UTC))


def evaluate(instance: dg.DagsterInstance, *, passed: bool, severity: dg.AssetCheckSeverity, said: str = "") -> None:
    """Run one blocking check with the given outcome in the instance."""

    @dg.asset(check_specs=[dg.AssetCheckSpec("balances", asset="mrr_monthly")])
    def mrr_monthly() -> dg.MaterializeResult:
        told = {"status": said} if said else {}
        result = dg.AssetCheckResult(check_name="balances", passed=passed, severity=severity, metadata=told)
        return dg.MaterializeResult(check_results=[result])

    dg.materialize([mrr_monthly], instance=instance)


KEY = dg.AssetCheckKey(dg.AssetKey("mrr_monthly"), "balances")


def test_a_failed_blocking_check_refuses_until_it_passes_again() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        refuse_behind_failed_checks(instance, [KEY])  # never evaluated: nothing is known against it
        evaluate(instance, passed=False, severity=dg.AssetCheckSeverity.ERROR)
        with pytest.raises(UserError, match="balances on mrr_monthly"):
            refuse_behind_failed_checks(instance, [KEY])
        evaluate(instance, passed=True, severity=dg.AssetCheckSeverity.ERROR)
        refuse_behind_failed_checks(instance, [KEY])


@pytest.mark.parametrize(
    ("passed", "severity", "status"),
    [
        (True, dg.AssetCheckSeverity.ERROR, "pass"),
        (False, dg.AssetCheckSeverity.WARN, "warn"),
        (False, dg.AssetCheckSeverity.ERROR, "fail"),
    ],
)
def test_the_states_of_checks_are_told_as_they_were_last(
    passed: bool, severity: dg.AssetCheckSeverity, status: str
) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        evaluate(instance, passed=not passed, severity=severity)
        evaluate(instance, passed=passed, severity=severity)
        never = dg.AssetCheckKey(dg.AssetKey("mrr_monthly"), "never_evaluated")
        states = check_states(instance, [KEY, never])
    (row,) = states.rows
    assert row[:3] == ("mrr_monthly", "balances", status)


@pytest.mark.parametrize(
    ("passed", "said", "status"),
    [
        (False, "fail", "fail"),  # of a benchmark whose severity is warn
        (False, "not_computable", "not_computable"),
        (True, "pass", "pass"),
        (False, "skipped by hand", "warn"),  # metadata of that name which means something else
    ],
)
def test_a_check_that_knows_four_states_is_told_by_its_own(passed: bool, said: str, status: str) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        evaluate(instance, passed=passed, severity=dg.AssetCheckSeverity.WARN, said=said)
        (row,) = check_states(instance, [KEY]).rows
    assert row[2] == status


def test_a_check_was_evaluated_when_its_answer_came_not_when_its_run_began() -> None:
    answered: list[datetime] = []

    @dg.asset(check_specs=[dg.AssetCheckSpec("balances", asset="mrr_monthly")])
    def mrr_monthly() -> dg.MaterializeResult:
        time.sleep(1.5)  # Dagster's own times are of whole seconds
        answered.append(datetime.now(UTC))
        return dg.MaterializeResult(check_results=[dg.AssetCheckResult(check_name="balances", passed=True)])

    with dg.DagsterInstance.ephemeral() as instance:
        dg.materialize([mrr_monthly], instance=instance)
        states = check_states(instance, [KEY])
    (row,) = states.rows
    evaluated_at = dict(zip(states.columns, row, strict=True))["evaluated_at"]
    assert isinstance(evaluated_at, datetime) and evaluated_at >= answered[0]


def test_a_warning_does_not_refuse() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        evaluate(instance, passed=False, severity=dg.AssetCheckSeverity.WARN)
        refuse_behind_failed_checks(instance, [KEY])
