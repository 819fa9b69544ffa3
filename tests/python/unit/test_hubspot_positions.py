"""What follows from a HubSpot cursor, and from the ids that records list as merged into them."""

from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest

from orchestration.hubspot.answers import parse_analytics, parse_budget, parse_object, parse_options, parse_page
from orchestration.hubspot.fetch import READERS
from orchestration.hubspot.merges import merged_ids, survivors
from orchestration.hubspot.paths import PATHS
from orchestration.hubspot.position import Position, asked_for, day, milliseconds, readable_until, since
from orchestration.hubspot.reports import month_start
from orchestration.hubspot.streams import STREAMS

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def test_a_cursor_is_read_back_as_it_was_written() -> None:
    position = Position(until=milliseconds(NOON), reread="2026-03-10")
    assert Position.parse(position.text()) == position


@pytest.mark.parametrize("text", [None, "", "nonsense", '{"until": "yesterday"}', "[]"])
def test_a_cursor_that_cannot_be_read_begins_anew(text: str | None) -> None:
    assert Position.parse(text) == Position(None, "")


def test_windows_overlap_and_leave_out_what_the_index_may_not_show_yet() -> None:
    until = readable_until(NOON)
    assert until == milliseconds(NOON) - 60_000
    assert since(until) == until - 3_600_000


def test_the_first_run_of_a_utc_day_reads_again() -> None:
    position = Position(0, day(NOON))
    assert not position.reread_is_due(datetime(2026, 3, 10, 23, 59, tzinfo=UTC))
    assert position.reread_is_due(datetime(2026, 3, 11, tzinfo=UTC))


def test_merged_ids_are_those_of_other_records() -> None:
    assert merged_ids({"id": "3", "properties": {"hs_merged_object_ids": "1; 2;;3;2"}}) == ["1", "2"]
    for properties in ({}, {"hs_merged_object_ids": None}, None, "text"):
        assert merged_ids({"id": "3", "properties": properties}) == []


def test_survivors_are_followed_through_any_number_of_merges() -> None:
    assert survivors({"1": "2", "2": "3", "3": "9", "5": "9"}) == {"1": "9", "2": "9", "3": "9", "5": "9"}


def test_a_circle_of_merges_ends() -> None:
    assert survivors({"1": "2", "2": "1"}).keys() == {"1", "2"}


def test_months_are_counted_over_the_end_of_the_year() -> None:
    assert month_start(datetime(2026, 2, 28, tzinfo=UTC), 3) == datetime(2025, 11, 1, tzinfo=UTC)
    assert month_start(datetime(2026, 12, 31, tzinfo=UTC), 0) == datetime(2026, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize("parse", [parse_page, parse_object, parse_options, parse_budget, parse_analytics])
def test_an_answer_of_another_form_is_none(parse: object) -> None:
    assert callable(parse)
    for body in (b'{"ok":true}', b"[]", b"<html></html>", b""):
        with pytest.raises((msgspec.DecodeError, msgspec.ValidationError)):
            parse(body)


def test_both_families_of_paths_name_the_same_resources() -> None:
    assert PATHS["v3"].keys() == PATHS["2026-09"].keys()
    for name, path in PATHS["2026-09"].items():
        assert "2026-09" in path or name in ("web_analytics", "token_info")


def test_every_stream_can_be_read() -> None:
    assert len({stream.name for stream in STREAMS}) == len(STREAMS)
    for stream in STREAMS:
        assert stream.kind in READERS
        assert stream.description
        if stream.kind == "objects":
            assert stream.modified in stream.properties
            assert "hs_merged_object_ids" in stream.properties
            assert set(stream.history) <= {*stream.properties}
        if stream.path:
            assert stream.path in PATHS["v3"]


def test_a_cursor_knows_whether_it_was_read_with_the_properties_of_today() -> None:
    (deals,) = [stream for stream in STREAMS if stream.name == "deals"]
    position = Position(0, day(NOON), asked_for(deals))
    assert position.is_of(deals)
    assert position.is_of(replace(deals, properties=deals.properties[::-1], description="other words"))
    assert not position.is_of(replace(deals, properties=(*deals.properties, "hs_arr")))
    assert not position.is_of(replace(deals, history=("dealstage",)))
    assert not Position(0, day(NOON)).is_of(deals)  # a cursor of an earlier release
