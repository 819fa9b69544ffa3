"""Usage of metered prices: a day is read once it is over, and again while Stripe may still add to it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.python.stripe_account import Account

STREAMS = ("subscriptions", "meters", "meter_event_summaries")


def epoch(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.fixture
def account(sandbox_server: Callable[[Path], str], tmp_path: Path) -> Account:
    """One customer, billed by one meter since 29 January."""
    folder = tmp_path / "folder"
    for vendor in ("stripe", "hubspot"):
        (folder / vendor).mkdir(parents=True)
    account = Account(sandbox_server(folder), tmp_path / "home")
    account.home.mkdir()
    at(account, "2026-01-29T08:00")
    account.put("billing_meters", id="mtr_1", status="active", default_aggregation={"formula": "sum"}, livemode=True)
    price = {"id": "price_1", "object": "price", "recurring": {"usage_type": "metered", "meter": "mtr_1"}}
    items = {"object": "list", "has_more": False, "data": [{"id": "si_1", "price": price}]}
    account.put("customers", id="cus_1", livemode=True)
    account.put("subscriptions", id="sub_1", customer="cus_1", status="active", items=items, livemode=True)
    return account


def at(account: Account, moment: str) -> None:
    """What time it is for the server."""
    account.call("PUT", "/clock", {"now": f"{moment}:00Z"})


def use(account: Account, moment: str, units: int) -> None:
    """Something used at a moment, which the meter counts from now on."""
    start = epoch(moment)
    usage = {"customer": "cus_1", "meter": "mtr_1", "start_time": start, "end_time": start + 60}
    account.call("POST", "/stripe/billing_meter_event_summaries", [{**usage, "aggregated_value": units}])


def days(account: Account) -> dict[str, int]:
    """Units by day, as they stand in the raw layer."""
    rows = account.rows(
        """
        select strftime(make_timestamp(cast(payload ->> 'start_time' as bigint) * 1000000), '%m-%d'),
            cast(payload ->> 'aggregated_value' as integer),
            cast(payload ->> 'end_time' as bigint) - cast(payload ->> 'start_time' as bigint)
        from raw_stripe.meter_event_summaries where _dlt_valid_to is null order by 1
        """
    )
    assert {span for *_, span in rows} <= {86_400}
    found = {day: units for day, units, _ in rows}
    assert len(found) == len(rows)  # a day has one open version
    return found


def test_a_day_is_read_when_it_is_over_and_again_while_it_may_grow(account: Account) -> None:
    use(account, "2026-01-29T10:00", 10)
    use(account, "2026-01-30T09:00", 5)
    at(account, "2026-01-30T12:00")
    account.sync(*STREAMS)
    assert days(account) == {"01-29": 10}  # the 30th is not over
    # later that day
    use(account, "2026-01-30T18:00", 7)
    at(account, "2026-01-30T20:00")
    account.sync(*STREAMS)
    assert days(account) == {"01-29": 10}
    # ten minutes into the next month: the last day of the month counts as a whole, and what came late is there
    use(account, "2026-01-29T23:59", 1)
    use(account, "2026-01-31T10:00", 20)
    use(account, "2026-02-01T00:05", 2)
    at(account, "2026-02-01T00:10")
    account.sync(*STREAMS)
    assert days(account) == {"01-29": 10 + 1, "01-30": 5 + 7, "01-31": 20}
    # Stripe took a while for the end of the month, and nobody read for six days
    use(account, "2026-01-31T23:58", 3)
    use(account, "2026-02-03T10:00", 4)
    at(account, "2026-02-07T09:00")
    account.sync(*STREAMS)
    expected = {"01-29": 11, "01-30": 12, "01-31": 20 + 3, "02-01": 2, "02-03": 4}
    assert days(account) == expected
    # late by a month, read after a gap of 40 days: it goes back 35 days from the last read, not from now
    use(account, "2026-02-03T11:00", 6)
    use(account, "2026-03-18T11:00", 8)
    at(account, "2026-03-19T09:00")
    account.sync(*STREAMS)
    assert days(account) == {**expected, "02-03": 4 + 6, "03-18": 8}
