"""True MRR of small timelines, every expected figure worked out by hand in the comment beside it."""

from decimal import Decimal
from fractions import Fraction

from sandbox.company.clock import HOUR, add_months, epoch
from sandbox.company.crm_decisions import Contact, Deal, Entry
from sandbox.company.decisions import (
    Account,
    Billing,
    Change,
    Coupon,
    Ending,
    EndKind,
    Pause,
    Price,
    Redemption,
    Segment,
    Subscription,
    TaxRate,
    Terms,
    Tier,
)
from sandbox.company.truth_crm import funnel, win_rate
from sandbox.company.truth_mrr import daily, month_ends, movements, mrr_at

START = epoch(2025, 1, 10, 9)
AS_OF = epoch(2025, 7, 15, 12)
SEAT = Price("price_seat", "prod_seat", "Seat", "usd", 1, 1_000)
BASE = Price("price_base", "prod_base", "Base", "usd", 1, 10_000)
YEAR = Price("price_year", "prod_base", "Base", "usd", 12, 120_000)
CALLS = Price("price_calls", "prod_calls", "Calls", "usd", 1, 2, metered=True)
TIERED = Price(
    "price_tier", "prod_tier", "Tier", "usd", 1, tiers=(Tier(10, 1_000, 500), Tier(50, 800), Tier(None, 600))
)
HALF = Coupon("HALF", "forever", percent=50)
TENTH = Coupon("TENTH", "forever", percent=10)
THIRTY = Coupon("THIRTY", "forever", amount=3_000, currency="usd")


def bought(items: dict[str, Terms] | None = None, start: int = START, **decided) -> Subscription:
    return Subscription("sub_T_1", "cus_T", start, start, items or {"a": Terms(SEAT, 10)}, **decided)


def account(*subscriptions: Subscription) -> Account:
    return Account("cus_T", 1, "T", "t.example", Segment.SMB, "usd", "US", START, False, False, subscriptions)


def moves(*subscriptions: Subscription) -> list[tuple[str, str]]:
    return [(name, str(amount)) for _, name, amount in movements(account(*subscriptions), AS_OF)]


def test_seats_count_from_the_change_not_from_the_invoice():
    more = Change(epoch(2025, 2, 25, 11), "a", Terms(SEAT, 15), Billing.NEXT_INVOICE)
    subscription = bought(changes=(more,))
    assert mrr_at(subscription, more.at - 1) == 100  # 10 seats at 10.00
    assert mrr_at(subscription, more.at) == 150  # 15 seats
    assert moves(subscription) == [("new", "100.0000"), ("expansion", "50.0000")]


def test_intervals_become_months_and_metered_items_count_nothing():
    quarter = Price("price_q", "prod_base", "Base", "usd", 3, 15_000)
    assert mrr_at(bought({"a": Terms(YEAR), "b": Terms(CALLS, 0)}), START) == 100  # 1200 / 12
    assert mrr_at(bought({"a": Terms(quarter)}), START) == 50  # 150 / 3


def test_graduated_tiers_add_up_with_their_flat_fee():
    assert mrr_at(bought({"a": Terms(TIERED, 25)}), START) == 225  # 5 + 10 x 10 + 15 x 8
    assert mrr_at(bought({"a": Terms(TIERED, 60)}), START) == 485  # 5 + 100 + 40 x 8 + 10 x 6
    assert mrr_at(bought({"a": Terms(TIERED, 10)}), START) == 105  # the second tier is not reached


def test_item_discounts_come_first_and_each_works_on_what_is_left():
    items = {"a": Terms(BASE), "b": Terms(SEAT, 4)}
    discounts = (
        Redemption("di_1", HALF, START),
        Redemption("di_2", TENTH, START),
        Redemption("di_3", THIRTY, START, item="a"),
    )
    # (100 - 30) + 40 = 110, half of it 55, less a tenth 49.50
    assert mrr_at(bought(items, redemptions=discounts), START) == Fraction(99, 2)


def test_a_repeating_coupon_ends_to_the_second_and_one_that_works_once_never_counts():
    ends = add_months(START, 3)
    repeating = Redemption("di_1", Coupon("R", "repeating", percent=20, months=3), START, ends)
    once = Redemption("di_2", Coupon("O", "once", amount=2_500, currency="usd"), START)
    subscription = bought(redemptions=(repeating, once))
    assert mrr_at(subscription, ends - 1) == 80
    assert mrr_at(subscription, ends) == 100


def test_an_amount_off_never_makes_mrr_negative():
    discount = Redemption("di_1", Coupon("BIG", "forever", amount=50_000, currency="usd"), START)
    assert mrr_at(bought(redemptions=(discount,)), START) == 0


def test_inclusive_tax_is_taken_out_after_discounts():
    tax = TaxRate("txr", 19, True, "DE", "VAT", "vat")
    priced = Price("price_g", "prod_g", "G", "eur", 1, 23_800)
    halved = bought({"a": Terms(priced)}, tax=tax, redemptions=(Redemption("di_1", HALF, START),))
    assert mrr_at(halved, START) == 100  # 238 / 2 / 1.19
    _, first = next(month_ends(account(bought({"a": Terms(YEAR)}, tax=tax)), AS_OF))
    assert str(first) == "84.0336"  # 100 / 1.19


def test_a_trial_counts_nothing_until_it_ends():
    subscription = bought(trial_end=epoch(2025, 2, 1))
    assert [value for _, value in month_ends(account(subscription), AS_OF)][:2] == [Decimal("0"), Decimal("100")]
    gone = bought(trial_end=epoch(2025, 1, 24), ending=Ending(epoch(2025, 1, 24), START, EndKind.PERIOD_END))
    assert moves(gone) == []
    assert {value for _, value in month_ends(account(gone), AS_OF)} == {Decimal("0")}


def test_a_pause_counts_nothing_unless_drafts_are_kept():
    pause = Pause(epoch(2025, 3, 1), epoch(2025, 5, 2))
    assert moves(bought(pauses=(pause,))) == [
        ("new", "100.0000"),
        ("churn", "-100.0000"),
        ("reactivation", "100.0000"),
    ]
    drafts = Pause(pause.start, None, "keep_as_draft")
    assert moves(bought(pauses=(drafts,))) == [("new", "100.0000")]


def test_an_end_at_the_first_instant_of_a_month_belongs_to_that_month():
    ends = epoch(2025, 4, 1)
    subscription = bought(ending=Ending(ends, START, EndKind.PERIOD_END))
    values = [value for _, value in month_ends(account(subscription), AS_OF)]
    assert values == [Decimal("100")] * 3 + [Decimal("0")] * 3
    assert dict(daily(account(subscription), AS_OF))[epoch(2025, 3, 31)] == 100


def test_the_switch_to_an_equal_annual_price_is_no_movement():
    switch = Change(epoch(2025, 3, 17, 8), "a", Terms(YEAR), Billing.RESTART)
    assert moves(bought({"a": Terms(BASE)}, changes=(switch,))) == [("new", "100.0000")]


def test_coming_back_is_reactivation_and_a_second_subscription_is_expansion():
    first = bought(ending=Ending(epoch(2025, 3, 10), START, EndKind.PERIOD_END))
    again = bought({"a": Terms(SEAT, 12)}, start=epoch(2025, 5, 20))
    assert moves(first, again) == [("new", "100.0000"), ("churn", "-100.0000"), ("reactivation", "120.0000")]
    assert moves(bought(), again) == [("new", "100.0000"), ("expansion", "120.0000")]


def test_unpaid_and_never_started_subscriptions_count_nothing():
    unpaid = bought(unpaid_from=epoch(2025, 6, 3))
    assert mrr_at(unpaid, epoch(2025, 6, 3) - 1) == 100
    assert mrr_at(unpaid, epoch(2025, 6, 3)) == 0
    never = bought(ending=Ending(START + 23 * HOUR, START, EndKind.NEVER_STARTED))
    assert mrr_at(never, START + HOUR) == 0


def test_days_begin_with_the_subscription_and_stop_before_today():
    days = list(daily(account(bought()), AS_OF))
    assert (days[0][0], days[-1][0]) == (epoch(2025, 1, 10), epoch(2025, 7, 14))


def person(*entries: Entry, archived: int | None = None) -> Contact:
    return Contact("1", "a@b.example", "A", "B", START, None, "OFFLINE", list(entries), archived_at=archived)


def test_the_funnel_counts_real_first_entries_within_their_window():
    lead, late = Entry("lead", START, "FORM"), START + 31 * 24 * HOUR
    people = [
        person(lead, Entry("marketingqualifiedlead", START + 29 * 24 * HOUR, "FORM")),
        person(lead, Entry("marketingqualifiedlead", late, "FORM")),
        person(Entry("lead", START, "IMPORT")),
        person(lead, archived=late),
    ]
    lead_row, mql_row, *_ = list(funnel(people))
    assert lead_row == ("2025-01-01", "lead", "marketingqualifiedlead", 2, 1)
    assert mql_row[0] == "2025-02-01"


def test_win_rates_by_count_and_by_value():
    def deal(outcome: str, amount: int | None) -> Deal:
        return Deal("1", "D", "default", outcome, [], amount, START, START, "1", None, None)

    deals = [deal("won", 300), deal("lost", 100), deal("lost", None), deal("open", 900)]
    assert list(win_rate(deals)) == [("2025-01-01", 1, 2, "0.333333", "0.750000")]
    assert list(win_rate([deal("lost", None)])) == [("2025-01-01", 0, 1, "0.000000", "")]
