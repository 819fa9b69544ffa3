"""Anomaly checks, with figures worked out by hand: what is usual by a stream's own past, and what is told otherwise.

Four scaled median absolute deviations are allowed everywhere here, as in dbt_project.yml.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.checks import arrivals, mrr_jump, rejected, volume
from orchestration.checks.arrivals import Arrivals
from orchestration.checks.mrr_jump import Month, jumps
from orchestration.checks.raw_streams import raw_checks
from orchestration.checks.reads import Read, days_of
from orchestration.checks.usual import usual

KEY = dg.AssetKey(["raw_stripe", "invoices"])
MONDAY = date(2026, 3, 2)
MADS = 4.0
WARN = dg.AssetCheckSeverity.WARN


def status(result: dg.AssetCheckResult) -> object:
    """What the check says; a warning where it is no pass, and never an error."""
    said = result.metadata["status"].value
    assert result.passed is (said == "pass")
    assert result.passed or result.severity == WARN
    return said


def test_usual_is_the_median_and_so_many_scaled_deviations_around_it() -> None:
    """10 12 14 16 18: median 14, deviations 4 2 0 2 4 with median 2, times 1.4826 times 4 = 11.8608."""
    found = usual([18, 10, 14, 12, 16], MADS)
    assert (found.median, found.n) == (14, 5)
    assert (found.low, found.high) == (pytest.approx(2.1392), pytest.approx(25.8608))


def test_one_wild_figure_in_the_past_does_not_make_the_next_one_usual() -> None:
    """10 12 14 16 5,000: median 14, deviations 4 2 0 2 4986 with median 2: the same range as without it."""
    assert not usual([10, 12, 14, 16, 5_000], MADS).holds(26)


@given(st.lists(st.floats(0, 1e9), min_size=1), st.floats(0.1, 10))
def test_the_median_is_always_usual(past: list[float], mads: float) -> None:
    found = usual(past, mads)
    assert found.holds(found.median)


# --- volume ---------------------------------------------------------------------------------------------------------


def read(day: date, new: int, fetched: int = 1_000, skipped: str = "", *, hour: int = 5, bad: int = 0) -> Read:
    return Read(datetime(day.year, day.month, day.day, hour, tzinfo=UTC), fetched, new, bad, skipped)


def month_of_reads(newest: int, *, until: date = MONDAY, fetched: int = 1_000) -> list[Read]:
    """A backfill, then four weeks: 100 new versions on workdays and 20 on weekends, before the newest read."""
    days = [until - timedelta(days=ago) for ago in range(28, 0, -1)]
    before = [read(days[0] - timedelta(days=1), 50_000, 50_000)]
    before += [read(day, 20 if day.weekday() > 4 else 100) for day in days]
    return [*before, read(until, newest, fetched)]


def test_days_sum_their_new_versions_and_spread_them_over_the_days_since_the_read_before() -> None:
    reads = [read(date(2026, 1, 1), 7), read(date(2026, 1, 4), 20, 300), read(date(2026, 1, 4), 10, 900, hour=9)]
    reads.append(read(date(2026, 1, 5), 0, 0, skipped="the key may not read it"))
    first, second = days_of(reads)
    assert first.new_versions_a_day is None
    assert (second.fetched, second.new_versions, second.new_versions_a_day) == (900, 30, 10.0)


@pytest.mark.parametrize(("new", "said"), [(60, "pass"), (140, "pass"), (59, "warn"), (141, "warn"), (0, "warn")])
def test_a_monday_is_held_against_the_median_and_the_mondays_before(new: int, said: str) -> None:
    """Median 100, MAD 0, so the spread is sqrt(100) = 10: usual are 100 -+ 4 x 10. Mondays had 100 too."""
    result = volume.report(KEY, month_of_reads(new), MADS)
    assert status(result) == said
    if said == "warn":
        assert f"{new} new versions a day (usually 60 to 140, median 100) on 2026-03-02" in str(result.description)


@pytest.mark.parametrize(("new", "said"), [(0, "pass"), (20, "pass"), (100, "pass"), (141, "warn")])
def test_a_sunday_may_bring_what_sundays_bring(new: int, said: str) -> None:
    """Sundays had 20: usual is from 20 - 4 x 10 on, which is nothing at all, up to the 140 of all days."""
    reads = month_of_reads(new, until=date(2026, 3, 1))
    assert status(volume.report(KEY, reads, MADS)) == said


def test_fewer_rows_than_usual_are_told_and_more_are_not() -> None:
    """1,000 rows a day: the spread is sqrt(1,000) = 31.62, usual from 1,000 - 4 x 31.62 = 874 on."""
    result = volume.report(KEY, month_of_reads(100, fetched=400), MADS)
    assert result.description == "warn: 400 rows read (usually 874 or more, median 1,000) on 2026-03-02"
    assert status(volume.report(KEY, month_of_reads(100, fetched=9_000), MADS)) == "pass"


def test_without_enough_days_the_volume_is_not_computable() -> None:
    reads = month_of_reads(0)
    assert volume.report(KEY, [], MADS).description == "not computable: no read is recorded yet"
    few = volume.report(KEY, reads[:15], MADS)
    assert few.description == "not computable: 13 of 14 earlier days with reads to hold the newest one against"
    assert status(few) == "not_computable"
    assert status(volume.report(KEY, reads[:16], MADS)) == "pass"
    skipped = [*reads, read(date(2026, 3, 3), 0, 0, "the key may not read it")]
    assert volume.report(KEY, skipped, MADS).description == "not computable: it was not read: the key may not read it"


# --- freshness ------------------------------------------------------------------------------------------------------

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
NOTHING = Arrivals([], NOON.date())


def age(days: int, pauses: Sequence[int]) -> dg.AssetCheckResult:
    """The check of a stream whose newest object is so many days old, with such pauses before it; read this morning."""
    newest = NOON.date() - timedelta(days=days)
    born = [newest]
    for pause in reversed(pauses):
        born.insert(0, born[0] - timedelta(days=pause))
    return arrivals.report(KEY, [read(NOON.date(), 0)], Arrivals(born, NOON.date()), now=NOON, mads=MADS)


@pytest.mark.parametrize(
    ("days", "pauses", "said"),
    [
        # Every second day: median 2, MAD 0, so the spread is a day: up to 2 + 4 x 1 = 6 days.
        (6, [2] * 10, "pass"),
        (7, [2] * 10, "warn"),
        # A pause of nine days has been there before.
        (9, [2] * 9 + [9], "pass"),
        (10, [2] * 9 + [9], "warn"),
        # Rare objects: median 30, deviations 10 0 0 10 ..., MAD 10 x 1.4826: up to 30 + 4 x 14.826 = 89.3 days.
        (89, [20, 30, 30, 40, 20, 40, 20, 40, 20, 40], "pass"),
        (90, [20, 30, 30, 40, 20, 40, 20, 40, 20, 40], "warn"),
    ],
)
def test_the_newest_object_is_held_against_the_pauses_between_objects(days: int, pauses: list[int], said: str) -> None:
    assert status(age(days, pauses)) == said


def test_a_silent_stream_says_since_when() -> None:
    told = "warn: newest object 7 days old, new ones usually every 2 days, at most 6"
    assert age(7, [2] * 10).description == told


def test_a_read_that_was_missed_is_told_even_where_nothing_else_can_be() -> None:
    reads = [read(NOON.date() - timedelta(days=2), 0)]
    late = arrivals.report(KEY, reads, NOTHING, now=NOON, mads=MADS)
    assert late.description == "warn: last read 55 hours ago, allowed 36 hours"


def test_a_stream_that_can_no_longer_be_read_is_told_and_one_that_never_could_is_not() -> None:
    day = NOON.date()
    skipped = read(day, 0, 0, "it lacks a scope")
    lost = arrivals.report(KEY, [read(day - timedelta(days=1), 5), skipped], NOTHING, now=NOON, mads=MADS)
    assert lost.description == "warn: not read since 2026-03-30: it lacks a scope"
    assert status(lost) == "warn"
    never = arrivals.report(KEY, [skipped], NOTHING, now=NOON, mads=MADS)
    assert never.description == "not computable: it was not read: it lacks a scope"
    back = arrivals.report(KEY, [skipped, read(day, 5)], NOTHING, now=NOON, mads=MADS)
    assert back.description == "not computable: the account has no such object"


def test_too_few_pauses_no_object_and_no_read_are_not_computable() -> None:
    few = age(100, [1] * 9)
    assert few.description == "not computable: 9 of 10 pauses between new objects to know what is usual"
    assert status(few) == "not_computable"
    empty = arrivals.report(KEY, [read(NOON.date(), 0)], NOTHING, now=NOON, mads=MADS)
    assert empty.description == "not computable: the account has no such object"
    unread = arrivals.report(KEY, [], NOTHING, now=NOON, mads=MADS)
    assert unread.description == "not computable: no read is recorded yet"


def test_objects_tell_their_own_times_and_where_they_cannot_the_reads_do(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """One invoice was created after the "now" of the figures, which lies in the past; links never say when."""
    connection.execute(
        "create table invoices as select * from (values (timestamptz '2026-01-02 23:30:00', timestamptz '2026-03-31'), "
        "(timestamptz '2026-01-05', timestamptz '2026-03-31'), (timestamptz '2026-03-01', timestamptz '2026-03-31')) "
        "as rows (created_at, extracted_at)"
    )
    connection.execute("create table links as select null::timestamptz as created_at, extracted_at from invoices")
    as_of = datetime(2026, 1, 31, tzinfo=UTC)
    invoices = arrivals.read_arrivals(connection, "invoices", as_of, NOON)
    assert (invoices.days, invoices.today) == ([date(2026, 1, 2), date(2026, 1, 5)], date(2026, 1, 31))
    links = arrivals.read_arrivals(connection, "links", as_of, NOON)
    assert (links.days, links.today) == ([date(2026, 3, 31)], NOON.date())


# --- rejected objects -----------------------------------------------------------------------------------------------


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("set timezone = 'UTC'")
        yield opened


def test_only_what_was_rejected_since_the_run_before_is_new(connection: duckdb.DuckDBPyConnection) -> None:
    """Of invoices one was set aside in January and three in March, two of them for one reason; one of customers."""
    connection.execute("create schema raw_stripe")
    connection.execute(
        "create table raw_stripe.rejected (id varchar, stream varchar, reason varchar, extracted_at timestamptz)"
    )
    connection.execute(
        """
        insert into raw_stripe.rejected values
            ('a', 'invoices', 'has no id', '2026-01-01'), ('b', 'invoices', 'has no id', '2026-03-01'),
            ('c', 'invoices', 'has no id', '2026-03-01'), ('d', 'invoices', 'not valid JSON', '2026-03-01'),
            ('e', 'customers', 'has no id', '2026-03-01')
        """
    )
    since = datetime(2026, 2, 1, tzinfo=UTC)
    reasons = rejected.read_reasons(connection, "stripe", "invoices", since)
    assert [(each.reason, each.objects) for each in reasons] == [("has no id", 2), ("not valid JSON", 1)]
    assert sum(each.objects for each in rejected.read_reasons(connection, "stripe", "invoices", None)) == 4
    result = rejected.report(KEY, [read(MONDAY, 0, bad=3)], reasons)
    told = "warn: 3 objects could not be stored: has no id (2); not valid JSON (1). raw_stripe.rejected keeps"
    assert str(result.description).startswith(told)
    assert status(result) == "warn"


def test_objects_that_are_rejected_every_day_stay_a_warning() -> None:
    result = rejected.report(KEY, [read(MONDAY, 0, bad=2)], [])
    assert str(result.description).startswith("warn: 2 objects could not be stored, all known from before")
    assert status(rejected.report(KEY, [read(MONDAY, 0)], [])) == "pass"
    assert status(rejected.report(KEY, [], [])) == "not_computable"


# --- MRR ------------------------------------------------------------------------------------------------------------


def months(*changes: int, opening: int = 1_000) -> list[Month]:
    """Months of 2025 that began with the same MRR and changed by so much."""
    return [Month(date(2025, number, 1), Decimal(opening), Decimal(change)) for number, change in enumerate(changes, 1)]


@pytest.mark.parametrize(("change", "is_usual"), [(28, True), (29, False), (12, True), (11, False), (-300, False)])
def test_a_month_is_held_against_the_months_before(change: int, is_usual: bool) -> None:
    """Six months of +2 %: median 2 %, MAD 0, so the spread is 0.2 %: usual are 2 -+ 4 x 0.2 = 1.2 to 2.8 %."""
    (found,) = jumps(months(*[20] * 6, change), running=date(2025, 8, 1), mads=MADS)
    assert found.is_usual is is_usual
    assert found.usual.n == 6


@pytest.mark.parametrize(("change", "is_usual"), [(0, True), (28, True), (29, False), (-1, False)])
def test_the_running_month_may_not_have_moved_yet(change: int, is_usual: bool) -> None:
    """The same, from no change at all on: the month is not over."""
    whole, running = jumps(months(*[20] * 7, change), running=date(2025, 8, 1), mads=MADS)
    assert whole.is_usual
    assert (running.month.month, running.is_usual) == (date(2025, 8, 1), is_usual)


def test_months_without_mrr_and_too_few_months_are_not_computable() -> None:
    assert jumps(months(*[20] * 6), running=date(2025, 7, 1), mads=MADS) == []
    assert jumps(months(*[20] * 9, opening=0), running=date(2025, 9, 1), mads=MADS) == []
    result = mrr_jump.report([], [], "usd")
    assert status(result) == "not_computable"
    assert result.description == "not computable: fewer than 6 months with MRR to know what is usual"


def test_exchange_rates_are_no_change_and_the_customers_behind_it_are_named(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """July: 1,000 to 1,130, of which 100 by exchange rates; +50 new and -20 churn are +3.0 %, beyond 2.8 %."""
    connection.execute("create schema marts")
    connection.execute(
        "create table marts.nrr_monthly as "
        "select (date '2025-01-01' + to_months(i))::date as month, 'all' as dimension, "
        "1000::decimal(18, 4) as opening_mrr, "
        "case i when 6 then 1130 else 1020 end::decimal(18, 4) as closing_mrr, "
        "case i when 6 then 100 else 0 end::decimal(18, 4) as fx_mrr from range(7) as t (i)"
    )
    connection.execute(
        """
        create table marts.fct_mrr_movements as
        select * from (values
            (date '2025-07-01', 'cus_small', 'churn', -20.0000), (date '2025-07-01', 'cus_large', 'new', 50.0000),
            (date '2025-07-01', 'cus_euro', 'fx', 100.0000), (date '2025-06-01', 'cus_june', 'new', 20.0000)
        ) as rows (month, customer_id, movement, amount_reporting)
        """
    )
    unknown = "null::decimal(18, 4)"  # nobody but customers in a currency without an exchange rate
    connection.execute(
        f"insert into marts.nrr_monthly values (date '2024-12-01', 'all', 0, {unknown}, {unknown}), "
        f"(date '2025-08-01', 'all', {unknown}, {unknown}, {unknown})"
    )
    running = date(2025, 8, 1)
    found = jumps(mrr_jump.read_months(connection, running), running, MADS)
    movers = [mover for jump in found for mover in mrr_jump.read_movers(connection, jump.month.month)]
    assert [(mover.customer_id, mover.amount) for mover in movers] == [("cus_large", 50), ("cus_small", -20)]
    result = mrr_jump.report(found, movers, "usd")
    assert result.description == (
        "warn: +3.0 % in 2025-07 (usually 1.2 to 2.8 %, median 2.0 %). "
        "Most of all cus_large (+50.00 USD), cus_small (-20.00 USD)"
    )
    assert status(result) == "warn"


# --- in Dagster -----------------------------------------------------------------------------------------------------


def test_the_checks_of_a_source_read_what_its_runs_have_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two runs with an object a day until ten days ago: silent, one object set aside, and too few days for volume."""
    monkeypatch.setenv("REVFUNNEL_HOME", str(tmp_path))
    monkeypatch.setenv("REVFUNNEL_AS_OF", "2026-03-31T12:00:00Z")
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as warehouse:
        warehouse.execute("set timezone = 'UTC'")
        warehouse.execute("create schema raw_stripe")
        warehouse.execute(
            "create table raw_stripe.invoices as select timestamptz '2026-03-01 08:00:00' + to_days(i) as created_at, "
            "timestamptz '2026-03-31 05:00:00' as extracted_at from range(21) as t (i)"
        )
        warehouse.execute(
            "create table raw_stripe.rejected as select 'x' as id, 'invoices' as stream, 'has no id' as reason, "
            "timestamptz '2999-01-01' as extracted_at"
        )

    @dg.asset(key=KEY)
    def invoices() -> dg.MaterializeResult:
        return dg.MaterializeResult(metadata={"rows_fetched": 21, "new_versions": 21, "rejected": 1})

    @dg.asset(key=["raw_stripe", "charges"])
    def charges() -> dg.MaterializeResult:
        return dg.MaterializeResult(metadata={"rows_fetched": 0, "new_versions": 0, "skipped": "the key may not"})

    everything = [invoices, charges, raw_checks("stripe", [invoices, charges])]
    with dg.DagsterInstance.ephemeral() as instance:
        dg.materialize(everything, instance=instance)
        result = dg.materialize(everything, instance=instance)
    told = {
        (evaluation.asset_key.path[-1], evaluation.check_name): str(evaluation.description)
        for evaluation in result.get_asset_check_evaluations()
    }
    assert told["invoices", "freshness"].startswith("warn: newest object 10 days old, new ones usually every 1 days")
    assert told["invoices", "rejected_objects"].startswith("warn: 1 objects could not be stored: has no id (1)")
    assert told["invoices", "volume"].startswith("not computable: 0 of 14 earlier days")
    assert (
        told["charges", "volume"] == told["charges", "freshness"] == "not computable: it was not read: the key may not"
    )
    assert told["charges", "rejected_objects"] == "pass: every object could be stored"
    assert len(told) == 6
