"""Canonical payloads and content hashes."""

import hashlib
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.records import BadObject, RecordRules, canonical, content_hash, decode, microseconds, to_record

RULES = RecordRules(created=("created", "date"))

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=15,
)
objects = st.dictionaries(st.text(max_size=5), json_values, max_size=6)


def record_of(value: dict[str, Any], rules: RecordRules = RULES):
    """The record of an object, by way of the bytes that a server would send."""
    return to_record(decode(json.dumps(value).encode()), rules)


def reordered(value: Any) -> Any:
    """The same object with the keys of every level in reverse."""
    if isinstance(value, dict):
        return {key: reordered(inner) for key, inner in reversed(value.items())}
    return [reordered(inner) for inner in value] if isinstance(value, list) else value


@given(objects)
def test_key_order_never_changes_the_record(value: dict[str, Any]) -> None:
    value = {**value, "id": "in_1", "created": 1}
    assert record_of(value) == record_of(reordered(value))


@given(objects)
def test_the_payload_is_the_object(value: dict[str, Any]) -> None:
    value = {**value, "id": "in_1"}
    assert json.loads(record_of(value).payload) == value


@given(objects, st.text(max_size=5), json_values)
def test_any_change_changes_the_hash(value: dict[str, Any], key: str, changed: Any) -> None:
    before, after = {**value, "id": "in_1"}, {**value, key: changed, "id": "in_1"}
    assert (record_of(before).content_hash == record_of(after).content_hash) == (canonical(before) == canonical(after))


def test_decimals_keep_every_digit() -> None:
    text = b'{"amount":12345678901234567.89,"id":"x","rate":1.10}'
    assert to_record(decode(text), RULES).payload == text


def test_volatile_fields_stay_in_the_payload_but_not_in_the_hash() -> None:
    rules = RecordRules(volatile=("link", "discounts.coupon.times_redeemed"))
    first = {"id": "in_1", "link": "a", "discounts": [{"coupon": {"times_redeemed": 1, "percent_off": 5}}, "di_2"]}
    other = {"id": "in_1", "link": "b", "discounts": [{"coupon": {"times_redeemed": 2, "percent_off": 5}}, "di_2"]}
    changed = {"id": "in_1", "link": "b", "discounts": [{"coupon": {"times_redeemed": 2, "percent_off": 9}}, "di_2"]}
    assert record_of(first, rules).content_hash == record_of(other, rules).content_hash
    assert record_of(first, rules).content_hash != record_of(changed, rules).content_hash
    assert json.loads(record_of(other, rules).payload) == other


def without(value: Any, path: list[str]) -> Any:
    """The same with the field at the path left out, on the way also from every element of lists."""
    if isinstance(value, list):
        return [without(element, path) for element in value]
    if not isinstance(value, dict) or path[0] not in value:
        return value
    if len(path) == 1:
        return {key: inner for key, inner in value.items() if key != path[0]}
    return {**value, path[0]: without(value[path[0]], path[1:])}


# Few names, so that the same one is at the top and further in, and as text in a value.
names = st.sampled_from(["a", "link", "z", '"link":1'])
few_names = st.recursive(
    st.none() | st.integers() | names,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(names, few_names, max_size=4), st.sets(st.sampled_from(["a", "link", "z", "a.link", "link.z"])))
def test_the_hash_is_that_of_what_is_left_without_volatile_fields(value: dict[str, Any], volatile: set[str]) -> None:
    value = {**value, "id": "in_1"}
    left = value
    for path in volatile:
        left = without(left, path.split("."))
    rules = RecordRules(volatile=tuple(volatile))
    assert record_of(value, rules).content_hash == content_hash(canonical(left))


@pytest.mark.parametrize("length", [0, 1_500, 2_047, 2_048, 5_000, 100_000])
@pytest.mark.parametrize("volatile", [(), ("link",), ("a", "link", "z"), ("b.link",)])
def test_the_hash_is_sha_256_whatever_the_length(length: int, volatile: tuple[str, ...]) -> None:
    value = {
        "a": "x" * length,
        "b": {"linked": length},
        "id": "in_1",
        "link": "y" * length,
        "note": "é" * length,
        "z": 1,
    }
    left = {key: inner for key, inner in value.items() if key not in volatile}
    text = json.dumps(left, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert record_of(value, RecordRules(volatile=volatile)).content_hash == hashlib.sha256(text.encode()).hexdigest()


def test_a_volatile_field_is_told_from_one_further_in_that_is_shorter() -> None:
    value = {"a": {"link": 1}, "id": "in_1", "link": "x" * 50, "z": 1}
    other = {**value, "link": "y"}
    changed = {**value, "a": {"link": 2}}
    rules = RecordRules(volatile=("link",))
    assert record_of(value, rules).content_hash == record_of(other, rules).content_hash
    assert record_of(value, rules).content_hash != record_of(changed, rules).content_hash


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b'{"object":"invoice"}', "no usable id"),
        (b'{"id":null}', "no usable id"),
        (b'{"id":""}', "no usable id"),
        (b'{"id":true}', "no usable id"),
        (b'["in_1"]', "not an object but list"),
        (b'{"id":"in_1"', "not valid JSON"),
        (b'{"id":"\xff"}', "not valid JSON"),
        (b'{"id":1,"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "not valid JSON"),
        (b'{"id":"a","x":1e9999999999999999999999}', "not valid JSON"),
    ],
)
def test_bad_objects_say_why(raw: bytes, reason: str) -> None:
    with pytest.raises(BadObject, match=reason):
        to_record(decode(raw), RULES)


def test_ids_times_and_tombstones() -> None:
    assert record_of({"id": 17}).id == "17"
    pair = record_of({"from": "1", "to": "2"}, RecordRules(id=("from", "to")))
    assert pair.id == "1:2"
    assert record_of({"id": "a", "date": 1}).created_at == 1_000_000
    assert record_of({"id": "a", "deleted": True}).deleted
    assert not record_of({"id": "a", "deleted": "true"}).deleted


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, 0),
        (1_736_331_120, 1_736_331_120_000_000),
        ("1970-01-01T00:00:01.001Z", 1_001_000),
        ("1970-01-01T02:00:00+02:00", 0),
        ("1970-01-01T00:00:00", 0),
        ("soon", None),
        (None, None),
        (True, None),
        (10**18, None),
    ],
)
def test_times_of_both_vendors(value: Any, expected: int | None) -> None:
    assert microseconds(value) == expected


def test_a_slice_of_a_page_is_an_object() -> None:
    page = msgspec.json.decode(b'{"data":[{"id":"a"} , {"id":"b"}]}', type=dict[str, list[msgspec.Raw]])
    assert [to_record(decode(raw), RULES).id for raw in page["data"]] == ["a", "b"]
