"""The dice of the fault switches, and pages that come twice or shuffled."""

from collections import Counter

import pytest

from sandbox.faults.pages import Pages, reordered
from sandbox.faults.switches import STRIKING, SWITCHES, Faults
from sandbox.ndjson import decode, encode


def strikes(seed: int, rate: float = 0.2, requests: int = 300) -> list[str | None]:
    faults = Faults(seed=seed)
    faults.set(dict.fromkeys(STRIKING, rate))
    return [faults.throw(f"GET /v1/invoices?n={number}").first() for number in range(requests)]


def test_the_same_seed_gives_the_same_faults_in_any_order() -> None:
    assert strikes(7) == strikes(7) != strikes(8)
    forward, backward = Faults(seed=1), Faults(seed=1)
    for faults in (forward, backward):
        faults.set({"html": 0.5})
    names = [f"GET /{number}" for number in range(50)]
    expected = {name: forward.throw(name).first() for name in names}
    assert expected == {name: backward.throw(name).first() for name in reversed(names)}


def test_a_repeated_request_gets_new_dice() -> None:
    faults = Faults(seed=3)
    faults.set({"error_500": 0.5})
    assert {faults.throw("GET /v1/prices").first() for _ in range(20)} == {None, "error_500"}


def test_switches_strike_about_as_often_as_told() -> None:
    counts = Counter(strikes(1, rate=0.05, requests=4000))
    assert all(80 <= counts[name] <= 270 for name in STRIKING)


@pytest.mark.parametrize("rates", [{"nonsense": 0.1}, {"html": 1.5}, {"html": -0.1}, {"index_lag": -1}])
def test_senseless_switches_are_refused(rates: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="fault"):
        Faults().set(rates)


def test_the_daily_limit_counts_by_day() -> None:
    faults = Faults()
    faults.set({"daily_limit": 2})
    assert [faults.is_over_day("2026-01-01") for _ in range(3)] == [False, False, True]
    assert not faults.is_over_day("2026-01-02")
    assert faults.fired["daily_limit"] == 1


def test_the_limit_a_second_slides_and_is_each_vendors_own() -> None:
    faults = Faults()
    faults.set({"requests_per_second": 2})
    assert [faults.is_too_fast("stripe", now) for now in (0.0, 0.5, 0.9, 1.1, 1.2)] == [False, False, True, False, True]
    assert not faults.is_too_fast("hubspot", 0.9)


def test_every_switch_is_described() -> None:
    assert {"rate_limit", "daily_limit", "older_shape", "change_while_paging", "index_lag"} <= set(SWITCHES)
    assert all(SWITCHES.values())


def page(*ids: str, more: bool = True) -> bytes:
    return encode({"object": "list", "data": [{"id": each} for each in ids], "has_more": more})


def test_only_the_page_just_before_can_come_again() -> None:
    pages = Pages()
    asked = ("GET", "/v1/invoices", "limit=2")
    pages.remember(*asked, b"", page("5", "4"))
    assert pages.previous("GET", "/v1/invoices", "limit=2&starting_after=4", b"") == page("5", "4")
    assert pages.previous("GET", "/v1/invoices", "limit=2&starting_after=3", b"") is None
    assert pages.previous("GET", "/v1/invoices", "limit=3&starting_after=4", b"") is None
    assert pages.previous(*asked, b"") is None
    pages.remember(*asked, b"", page("5", "4", more=False))
    assert pages.previous("GET", "/v1/invoices", "limit=2&starting_after=4", b"") is None


def test_a_search_is_followed_by_its_body() -> None:
    pages = Pages()
    path = "/crm/v3/objects/contacts/search"
    first = encode({"results": [{"id": "1"}], "paging": {"next": {"after": "200"}}})
    pages.remember("POST", path, "", b'{"limit":200}', first)
    assert pages.previous("POST", path, "", b'{"limit":200,"after":"200"}') == first
    assert pages.previous("POST", path, "", b'{"limit":100,"after":"200"}') is None


def test_a_shuffled_page_has_the_same_objects() -> None:
    shuffled = reordered(page(*"123456"), 1)
    assert shuffled != page(*"123456")
    assert sorted(each["id"] for each in decode(shuffled)["data"]) == list("123456")
    assert reordered(b"<html>", 1) == b"<html>"
