"""All cases in one folder: `python -m tests.python.rule_cases.book DIR`, then `make scenarios DIR=DIR`."""

import sys
from pathlib import Path

from tests.python.rule_cases import (
    cases_asleep,
    cases_billing,
    cases_currencies,
    cases_discount_ends,
    cases_discounts,
    cases_drafts,
    cases_first_bills,
    cases_items,
    cases_moments,
    cases_moved,
    cases_offers,
    cases_paused_bills,
    cases_prices,
    cases_recovery,
    cases_replaced,
    cases_same_second,
    cases_schedules,
    cases_status,
    cases_tax,
    cases_trials,
    cases_unlisted,
    cases_updates,
)
from tests.python.rule_cases.objects import Book


def all_cases() -> Book:
    book = Book()
    for chapter in (
        cases_prices,
        cases_items,
        cases_moments,
        cases_updates,
        cases_replaced,
        cases_discounts,
        cases_discount_ends,
        cases_moved,
        cases_status,
        cases_schedules,
        cases_recovery,
        cases_drafts,
        cases_trials,
        cases_asleep,
        cases_paused_bills,
        cases_offers,
        cases_same_second,
        cases_billing,
        cases_first_bills,
        cases_tax,
        cases_currencies,
        cases_unlisted,
    ):
        chapter.add(book)
    return book


if __name__ == "__main__":
    all_cases().write(Path(sys.argv[1]))
