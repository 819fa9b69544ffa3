"""Made-up names of companies and people.

Domains end in .example, which nobody can own; private addresses are at real free-mail services, which the matching
of customers must know to leave out.
"""

from random import Random

from .chance import pick

FREE_MAIL = {"gmail.com": 10.0, "outlook.com": 6.0, "hotmail.com": 3.0, "yahoo.com": 1.0}

_STEMS = """
    Nord Fjell Alder Birch Cobalt Delta Ember Falk Granit Havn Iris Juniper Klar Linden Mistral Nimbus Oak Pine Quarz
    Rivet Saga Tind Ulv Varde Willow Yarrow Zephyr Aspen Bryn Cedar Dal Elm Fern Glad Heron Isen Jord Kite Lark Moss
"""
_ENDINGS = """
    works soft line ware vik berg data point flow grid stack lab port mark cloud field bridge forge desk sight
"""
_TRADES = """
    Logistics Health Energy Legal Retail Media Foods Design Finance Robotics Travel Marine Education Insurance Build
"""
_LEGAL = {"sek": ("AB",), "eur": ("GmbH", "BV", "Oy", "SAS"), "usd": ("Inc", "LLC", "Ltd")}
_FIRST = """
    Anna Erik Maja Lars Sofia Johan Elin Oskar Emma Nils Clara Jonas Lena Felix Marie Paul Julia Max Nora David
    Grace Henry Alice James Olivia Ryan Chloe Adam Zoe Omar Priya Wei Sara Ali Ines Hugo Ida Karl Ebba Tuva
"""
_LAST = """
    Lind Berg Holm Dahl Sand Ek Strand Nyberg Falk Wik Schmidt Keller Vogel Braun Maier Janssen Dubois Costa Novak
    Smith Clark Young Hall Reed Walsh Patel Chen Silva Haddad Olsen Nielsen Virtanen Korhonen Mori Singh Khan
"""
STEMS, ENDINGS, TRADES, FIRST, LAST = (words.split() for words in (_STEMS, _ENDINGS, _TRADES, _FIRST, _LAST))


def company_name(rng: Random, currency: str, taken: set[str]) -> tuple[str, str]:
    """A company name and its domain, the domain not in `taken` before and in it afterwards."""
    stem = rng.choice(STEMS) + rng.choice(ENDINGS)
    trade = rng.choice(TRADES)
    stem_domain = f"{stem.lower()}-{trade.lower()}"
    domain, number = f"{stem_domain}.example", 1
    while domain in taken:
        number += 1
        domain = f"{stem_domain}{number}.example"
    taken.add(domain)
    shown = f"{stem} {trade}" if number == 1 else f"{stem} {trade} {number}"
    return f"{shown} {rng.choice(_LEGAL[currency])}", domain


def person(rng: Random) -> tuple[str, str]:
    """A first and a last name."""
    return rng.choice(FIRST), rng.choice(LAST)


def free_mail(rng: Random, first: str, last: str, number: int) -> str:
    """A private address that no other call with another number gives."""
    return f"{first}.{last}{number}@{pick(rng, FREE_MAIL)}".lower()
