"""The spool: batches, one version an id, rejected objects."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from orchestration import spool as spool_module
from orchestration import spool_parts
from orchestration.records import Record
from orchestration.spool import Spool, StreamSpool

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)


def record(identifier: str, content: str = "a") -> Record:
    """A record whose hash is its content."""
    return Record(identifier, 1_000_000, None, f'{{"x":"{content}"}}'.encode(), content, False)


def rows(stream: StreamSpool) -> list[tuple[str, str]]:
    """(id, hash) of everything that would be loaded, in order."""
    table = pa.concat_tables(stream.batches())
    return list(zip(table.column("id").to_pylist(), table.column("content_hash").to_pylist(), strict=True))


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    """An empty spool."""
    return Spool(tmp_path / "spool", NOW)


def test_the_last_version_of_an_id_wins_across_batches(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool_module, "BATCH_ROWS", 2)
    monkeypatch.setattr(spool_parts, "FILE_ROWS", 2)
    stream = spool.open("invoices")
    for identifier, content in [("1", "a"), ("2", "a"), ("1", "b"), ("3", "a"), ("2", "a"), ("1", "c")]:
        stream.add(record(identifier, content))
    spool.close()
    assert rows(stream) == [("3", "a"), ("2", "a"), ("1", "c")]
    assert (stream.fetched, stream.duplicates) == (6, 3)
    assert [table.num_rows for table in stream.batches()] == [1, 2]


def test_large_objects_make_smaller_batches(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool_parts, "FILE_BYTES", 30)
    monkeypatch.setattr(spool_module, "BATCH_BYTES", 30)
    stream = spool.open("invoices")
    for number in range(7):
        stream.add(record(str(number)))
    spool.close()
    assert [table.num_rows for table in stream.batches()] == [4, 3]


def test_an_empty_stream_is_one_empty_table(spool: Spool) -> None:
    stream = spool.open("invoices")
    spool.close()
    (table,) = stream.batches()
    assert (table.num_rows, table.schema) == (0, spool_parts.RECORD_SCHEMA)


def test_times_arrive_as_utc(spool: Spool) -> None:
    stream = spool.open("invoices")
    stream.add(record("1"))
    spool.close()
    (row,) = next(stream.batches()).to_pylist()
    assert row["created_at"] == datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert row["updated_at"] is None
    assert row["extracted_at"] == NOW


def test_the_same_rejection_is_counted_each_time_and_kept_once(spool: Spool) -> None:
    stream = spool.open("invoices")
    for _ in range(3):
        stream.reject(b'{"object":"invoice"}', "no usable id")
    stream.reject(b"\xff" * 20_000, "not valid JSON")
    table = spool.rejected()
    assert stream.rejected == 4
    assert table.column("reason").to_pylist() == ["no usable id", "not valid JSON"]
    assert len(table.column("payload").to_pylist()[1]) == spool_parts.REJECTED_TEXT_LIMIT


def test_rows_that_are_in_no_part_do_not_survive_an_interrupted_run(tmp_path: Path) -> None:
    first = Spool(tmp_path / "spool", NOW)
    first.open("invoices").add(record("1"))
    first.close()
    second = Spool(tmp_path / "spool", NOW)
    stream = second.open("invoices")
    second.close()
    assert rows(stream) == []
    second.remove()
    assert list(tmp_path.iterdir()) == []


def test_finished_parts_survive_and_unfinished_ones_do_not(tmp_path: Path) -> None:
    first = Spool(tmp_path / "spool", NOW).open("invoices")
    assert not first.resume("as v1")
    with first.part("1") as part:
        part.add(record("1"))
        part.reject(b"{}", "no usable id")
    first.state["windows"] = [1]
    first.save()
    with pytest.raises(KeyboardInterrupt), first.part("2") as part:
        part.add(record("2"))
        part.flush()
        raise KeyboardInterrupt
    spool = Spool(tmp_path / "spool", NOW)
    second = spool.open("invoices")
    assert second.resume("as v1")
    assert (second.state["windows"], second.has_part("1"), second.has_part("2")) == ([1], True, False)
    spool.close()
    assert rows(second) == [("1", "a")]
    assert (second.fetched, second.rejected, spool.rejected().num_rows) == (1, 1, 1)
    (row,) = next(second.batches()).to_pylist()
    assert row["extracted_at"] == NOW


@pytest.mark.parametrize("told", [b'{"fetched":1,"reje', b'{"fetched":1,"rejected":0,"rejects":[]}'])
def test_a_part_that_was_being_finished_is_read_anew(tmp_path: Path, told: bytes) -> None:
    """A kill while the last file of a part is written, and one before the part has its name."""
    first = Spool(tmp_path / "spool", NOW).open("invoices")
    first.resume("as v1")
    first.save()
    with pytest.raises(KeyboardInterrupt), first.part("1") as part:
        part.add(record("1"))
        part.flush()
        (part.folder / "part.json").write_bytes(told)
        raise KeyboardInterrupt
    spool = Spool(tmp_path / "spool", NOW)
    second = spool.open("invoices")
    assert not second.resume("as v1")
    with second.part("1") as part:
        part.add(record("1", "anew"))
    spool.close()
    assert rows(second) == [("1", "anew")]


def test_parts_of_another_way_of_reading_are_thrown_away(tmp_path: Path) -> None:
    first = Spool(tmp_path / "spool", NOW).open("invoices")
    first.resume("as v1")
    with first.part("1") as part:
        part.add(record("1"))
    first.save()
    spool = Spool(tmp_path / "spool", NOW)
    second = spool.open("invoices")
    assert not second.resume("as v2")
    spool.close()
    assert rows(second) == []


def test_later_rows_of_a_stream_win_over_those_in_parts(spool: Spool) -> None:
    stream = spool.open("invoices")
    stream.add(record("1", "refetched"))
    for name in ("b", "a"):
        with stream.part(name) as part:
            part.add(record("1", name))
            part.add(record("2", name))
    spool.close()
    assert rows(stream) == [("2", "b"), ("1", "refetched")]


def test_what_has_not_landed_stays_on_disk_for_the_next_run(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", NOW)
    stream = spool.open("invoices")
    with stream.part("1") as part:
        part.add(record("1"))
    stream.add(record("2"))
    spool.close()
    spool.remove(landed=False)
    assert [path.name for path in tmp_path.rglob("*.parquet")] == ["000000.parquet"]
    spool.remove()
    assert list(tmp_path.iterdir()) == []
