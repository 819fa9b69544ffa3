"""Versions in the warehouse: real dlt, real DuckDB."""

import json
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration import landing, spool_parts
from orchestration.cursors import read_cursors
from orchestration.landing import Landed, land
from orchestration.records import RecordRules, decode, to_record
from orchestration.settings import Settings, UserError
from orchestration.spool import Spool

RULES = RecordRules(created=("created",))


class Warehouse:
    """A home folder and the loads into it."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings(home=home)

    def load(self, streams: dict[str, Iterable[dict[str, Any]]], rejected: Iterable[bytes] = ()) -> dict[str, Landed]:
        """One load of the given objects; `rejected` are set aside in the first stream."""
        spool = Spool(self.settings.dlt_home / "spool", datetime.now(UTC))
        for name, objects in streams.items():
            stream = spool.open(name)
            for value in objects:
                stream.add(to_record(decode(json.dumps(value).encode()), RULES))
        for raw in rejected:
            spool.open(next(iter(streams))).reject(raw, "no usable id")
        return land(spool, source="stripe", load="test", settings=self.settings)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The result of a query, with the file closed again."""
        with duckdb.connect(str(self.settings.warehouse_path)) as connection:
            return connection.execute(query).fetchall()

    def versions(self) -> list[tuple[str, str, bool]]:
        """(id, the version's x, still open) of raw_stripe.things in the order they came."""
        return self.rows(
            "select id, payload ->> 'x', _dlt_valid_to is null from raw_stripe.things order by id, extracted_at"
        )


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """An empty one."""
    return Warehouse(tmp_path)


def thing(identifier: str, x: str) -> dict[str, Any]:
    """An object with something that can change."""
    return {"id": identifier, "created": 1_736_331_120, "x": x}


def test_a_b_a_gives_three_versions_with_the_last_one_open(warehouse: Warehouse) -> None:
    for x in "ABA":
        landed = warehouse.load({"things": [thing("1", x)]})
        assert landed["things"] == Landed(fetched=1, new_versions=1, duplicates=0, rejected=0)
    assert warehouse.versions() == [("1", "A", False), ("1", "B", False), ("1", "A", True)]


def test_an_unchanged_object_writes_nothing(warehouse: Warehouse) -> None:
    warehouse.load({"things": [thing("1", "A"), thing("2", "A")]})
    before = warehouse.rows("select * from raw_stripe.things order by id")
    landed = warehouse.load({"things": [dict(reversed(thing("1", "A").items())), thing("2", "A")]})
    assert landed["things"].new_versions == 0
    assert warehouse.rows("select * from raw_stripe.things order by id") == before


def test_an_object_missing_from_the_list_stays_open(warehouse: Warehouse) -> None:
    warehouse.load({"things": [thing("1", "A"), thing("2", "A")]})
    warehouse.load({"things": [thing("2", "B")]})
    warehouse.load({"things": []})
    assert warehouse.versions() == [("1", "A", True), ("2", "A", False), ("2", "B", True)]


def test_a_tombstone_is_a_version_of_its_own(warehouse: Warehouse) -> None:
    warehouse.load({"things": [thing("1", "A")]})
    warehouse.load({"things": [{"id": "1", "object": "thing", "deleted": True}]})
    rows = warehouse.rows("select deleted, _dlt_valid_to is null from raw_stripe.things order by extracted_at")
    assert rows == [(False, False), (True, True)]


def test_what_comes_back_after_its_tombstone_is_a_version_of_its_own(warehouse: Warehouse) -> None:
    for value in (thing("1", "A"), {**thing("1", "A"), "deleted": True}, thing("1", "A")):
        assert warehouse.load({"things": [value]})["things"].new_versions == 1
    told = warehouse.rows("select deleted, _dlt_valid_to is null from raw_stripe.things order by extracted_at")
    assert told == [(False, False), (True, False), (False, True)]


def test_what_is_there_already_never_reaches_dlt(warehouse: Warehouse) -> None:
    warehouse.load({"things": [thing(str(number), "A") for number in range(50)]})
    loads = "select count(*) from raw_stripe._dlt_loads"
    before, rows = warehouse.rows(loads), warehouse.rows("select * from raw_stripe.things order by id")
    again = warehouse.load({"things": [thing(str(number), "A") for number in reversed(range(50))]})
    assert again["things"] == Landed(fetched=50, new_versions=0, duplicates=0, rejected=0)
    assert warehouse.rows(loads) == before
    assert warehouse.rows("select * from raw_stripe.things order by id") == rows


def test_changed_and_new_objects_are_found_among_unchanged_ones(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool_parts, "FILE_ROWS", 4)  # files with all, some and no changed rows
    values = {str(number): "A" for number in range(20)}
    warehouse.load({"things": [thing(*item) for item in values.items()]})
    changed = {"2": "B", "9": "B", "20": "A", "21": "A"}
    # 5 has changed and changed back: the last one counts, which is there. 9 comes three times.
    objects = [
        thing("5", "B"),
        thing("9", "A"),
        *(thing(*item) for item in (values | changed).items()),
        thing("9", "C"),
    ]
    landed = warehouse.load({"things": objects})
    assert landed["things"] == Landed(fetched=25, new_versions=4, duplicates=3, rejected=0)
    expected = values | changed | {"9": "C"}
    is_open = "select id, payload ->> 'x' from raw_stripe.things where _dlt_valid_to is null"
    assert dict(warehouse.rows(is_open)) == expected
    closed = "select id, payload ->> 'x' from raw_stripe.things where _dlt_valid_to is not null order by id"
    assert warehouse.rows(closed) == [("2", "A"), ("9", "A")]


def test_one_load_holds_one_version_an_id(warehouse: Warehouse) -> None:
    landed = warehouse.load({"things": [thing("1", "A"), thing("2", "A"), thing("1", "B")]})
    assert landed["things"] == Landed(fetched=3, new_versions=2, duplicates=1, rejected=0)
    assert warehouse.versions() == [("1", "B", True), ("2", "A", True)]


def test_empty_streams_have_the_contracts_columns(warehouse: Warehouse) -> None:
    warehouse.load({"things": [], "others": []})
    columns = warehouse.rows("select column_name, column_type from (describe raw_stripe.others)")
    assert (
        dict(columns).items()
        >= {
            "id": "VARCHAR",
            "created_at": "TIMESTAMP WITH TIME ZONE",
            "updated_at": "TIMESTAMP WITH TIME ZONE",
            "payload": "VARCHAR",
            "content_hash": "VARCHAR",
            "extracted_at": "TIMESTAMP WITH TIME ZONE",
            "deleted": "BOOLEAN",
        }.items()
    )
    assert warehouse.rows("select count(*) from raw_stripe.rejected") == [(0,)]


def test_rejected_objects_are_kept_with_their_reason(warehouse: Warehouse) -> None:
    for _ in range(2):
        landed = warehouse.load({"things": [thing("1", "A")]}, rejected=[b'{"x":1}'])
        assert landed["things"].rejected == 1
    rows = warehouse.rows("select stream, reason, payload from raw_stripe.rejected")
    assert rows == [("things", "no usable id", '{"x":1}')]


def test_a_stream_that_comes_later_gets_its_table(warehouse: Warehouse) -> None:
    warehouse.load({"things": [thing("1", "A")]})
    warehouse.load({"others": [thing("9", "A")]})
    warehouse.load({"things": [thing("1", "B")]})
    assert warehouse.rows("select count(*) from raw_stripe.others") == [(1,)]
    assert len(warehouse.versions()) == 2


def test_first_versions_are_as_a_merge_writes_them(warehouse: Warehouse) -> None:
    warehouse.load({"things": [thing("1", "A"), thing("2", "A")]})
    filled = warehouse.rows("describe raw_stripe.things")
    warehouse.load({"things": [thing("3", "A")]})
    assert warehouse.rows("describe raw_stripe.things") == filled
    rows = warehouse.rows(
        "select id, created_at = timestamptz '2025-01-08 10:12:00+00', updated_at is null, deleted,"
        " _dlt_valid_from >= extracted_at, _dlt_valid_to is null from raw_stripe.things order by id"
    )
    assert rows == [(identifier, True, True, False, True, True) for identifier in "123"]


def test_replaced_rows_in_some_files_only(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool_parts, "FILE_ROWS", 2)
    # Files of two: (1, 2), (3, 1), (4, 4), (5, 6). The second 1 and the second 4 win.
    objects = [("1", "A"), ("2", "A"), ("3", "A"), ("1", "B"), ("4", "A"), ("4", "B"), ("5", "A"), ("6", "A")]
    landed = warehouse.load({"things": [thing(identifier, x) for identifier, x in objects]})
    assert landed["things"] == Landed(fetched=8, new_versions=6, duplicates=2, rejected=0)
    assert [(identifier, x) for identifier, x, _ in warehouse.versions()] == [
        ("1", "B"),
        ("2", "A"),
        ("3", "A"),
        ("4", "B"),
        ("5", "A"),
        ("6", "A"),
    ]


def test_a_first_load_that_fails_leaves_neither_rows_nor_cursors(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("in the middle")

    with monkeypatch.context() as patched:
        patched.setattr(landing, "write_cursors", fail)
        with pytest.raises(RuntimeError, match="in the middle"):
            warehouse.load({"things": [thing("1", "A")]})
    assert warehouse.versions() == []
    assert read_cursors(warehouse.settings, "stripe") == {}
    assert warehouse.load({"things": [thing("1", "A")]})["things"].new_versions == 1
    assert warehouse.versions() == [("1", "A", True)]


def test_what_is_gone_is_buried_though_dlt_does_not_know_the_table(warehouse: Warehouse) -> None:
    warehouse.load({"things": [thing("a", "1"), thing("b", "1")]})
    for table in (
        "_dlt_loads",
        "_dlt_version",
        "_dlt_pipeline_state",
    ):  # written last: a load that is killed lacks them
        warehouse.rows(f"delete from raw_stripe.{table}")
    spool = Spool(warehouse.settings.dlt_home / "spool", datetime.now(UTC))
    spool.open("things").tombstones = lambda live: (
        to_record({"id": identifier, "deleted": True}, RULES) for identifier in live if identifier != "a"
    )
    assert land(spool, source="stripe", load="test", settings=warehouse.settings)["things"].vanished == 1
    assert warehouse.rows("select id, deleted from raw_stripe.things where _dlt_valid_to is null order by id") == [
        ("a", False),
        ("b", True),
    ]


def test_a_deleted_warehouse_is_built_anew(warehouse: Warehouse) -> None:
    warehouse.load({"things": [thing("1", "A")], "others": []})
    warehouse.settings.warehouse_path.unlink()
    landed = warehouse.load({"things": [thing("1", "A")], "others": []})
    assert landed["things"].new_versions == 1
    assert warehouse.rows("select count(*) from raw_stripe.others") == [(0,)]


def test_nothing_is_kept_twice(warehouse: Warehouse) -> None:
    warehouse.load({"things": [thing(str(number), "A") for number in range(100)]})
    assert warehouse.rows("select count(*) from raw_stripe_staging.things") == [(0,)]
    assert not list(warehouse.settings.dlt_home.rglob("revfunnel*/**/*.parquet"))


def test_a_warehouse_open_elsewhere_is_one_line(warehouse: Warehouse) -> None:
    warehouse.load({"things": [thing("1", "A")]})
    program = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(warehouse.settings.warehouse_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None and holder.stdin is not None
    holder.stdout.readline()
    try:
        with pytest.raises(UserError, match=r"warehouse\.duckdb is open in another program; close it there"):
            warehouse.load({"things": [thing("1", "B")]})
    finally:
        holder.communicate("\n")
    assert warehouse.load({"things": [thing("1", "B")]})["things"].new_versions == 1


def test_thirty_thousand_objects_in_batches(warehouse: Warehouse) -> None:
    landed = warehouse.load({"things": (thing(str(number), "A") for number in range(30_000))})
    assert landed["things"].new_versions == 30_000
    assert warehouse.rows("select count(*), count(distinct id) from raw_stripe.things") == [(30_000, 30_000)]
