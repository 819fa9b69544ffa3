"""Erasing anna@acme.com takes her address out of every text, and no part of anybody else's."""

import json
import re

import pytest

from orchestration.erasure.rules import address_needle, emails, emails_in_json, without_emails

ANNA = "anna@acme.com"

# (text, what is left of it): by reading them, Anna's address stands in the first group and not in the second.
HERS = [
    ("anna@acme.com", "[erased]"),
    ("Write to Anna@Acme.com.", "Write to [erased]."),
    ("Anna <anna@acme.com>, Bo <bo@acme.com>", "Anna <[erased]>, Bo <bo@acme.com>"),
    ("bo@acme.com;anna@acme.com", "bo@acme.com;[erased]"),
    ("mailto:anna@acme.com?subject=x", "mailto:[erased]?subject=x"),
    ("https://x.example/?email=anna@acme.com&id=1", "https://x.example/?email=[erased]&id=1"),
    ("'anna@acme.com' (anna@acme.com)", "'[erased]' ([erased])"),
    ("To call:\n-anna@acme.com\n-bo@acme.com", "To call:\n-[erased]\n-bo@acme.com"),
    ("Was it anna@acme.com? It was anna@acme.com!", "Was it [erased]? It was [erased]!"),
    ("anna@acme.com... later", "[erased]... later"),
]
OTHERS = [
    "lisa.anna@acme.com",
    "eva-anna@acme.com",
    "eva--anna@acme.com",
    "eva+anna@acme.com",
    "eva_anna@acme.com",
    "o'anna@acme.com",
    "hanna@acme.com",
    "åanna@acme.com",
    "1anna@acme.com",
    "anna@acme.com.au",
    "anna@acme.community",
    "anna@acme.com-partner.example",
    "anna@sub.acme.com",
    "anna@acme-com",
    "anna.b@acme.com",
]


@pytest.mark.parametrize(("text", "left"), HERS)
def test_her_address_goes_wherever_it_stands_in_a_text(text: str, left: str) -> None:
    payload = json.dumps({"note": text}, ensure_ascii=False)
    assert re.search(address_needle({ANNA}), payload, re.IGNORECASE), "or the search would not come upon it"
    assert without_emails({"note": [text]}, {ANNA}) == {"note": [left]}
    assert ANNA in emails_in_json(payload[:-1]), "a rejected object may be cut off"


@pytest.mark.parametrize("address", OTHERS)
def test_an_address_that_hers_is_a_part_of_stays(address: str) -> None:
    text = f"Ask {address}."
    assert without_emails(text, {ANNA}) == text
    assert ANNA not in emails_in_json(json.dumps({"note": f"Ask\n{address}"}))


def test_addresses_are_read_whole_and_without_what_surrounds_them() -> None:
    person = {"email": "O'Brien+Pay@Acme.co.uk", "note": "Old: (ob@acme.co.uk).", "more": ["x.y@acme.com;z@acme.com"]}
    assert emails(person) == {"o'brien+pay@acme.co.uk", "ob@acme.co.uk", "x.y@acme.com", "z@acme.com"}
