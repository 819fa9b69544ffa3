"""Closing: what was closed stays, what is found out later is restated, and `make close` closes at once."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb
import pytest

from orchestration.close import main
from orchestration.erase import erase
from tests.python.closing.account import BEFORE, CLOSED_AT, FOUND_AT, MONTHS, Account
from tests.python.closing.models import RECOMPUTED, Built, Models, Row
from tests.python.conftest import StartSandbox
from tests.python.raw_layer.homes import Home

CLOSE = "select * from marts.mrr_close order by month, customer_id, currency"
RUNS = "select * from intermediate.int_close_runs order by run_number"
SEALED = "closed_months_are_as_sealed"
FEBRUARY = date(2026, 2, 1)
RESTATED = """
    select strftime(month, '%Y-%m'), customer_id, delta, delta_list_mrr, delta_reporting
    from marts.mrr_restatements order by all
"""


@dataclass(frozen=True)
class Story:
    """The account after its twelve months were closed, and after things arrived."""

    models: Models
    home: Home
    account: Account
    closed: list[Row]
    caused_by: dict[str, list[str]]
    found: Built


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, sandbox_server: StartSandbox) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("account")
    account = Account(folder / "company")
    base = sandbox_server(folder / "company", "--now", CLOSED_AT)
    account.serve(base)
    home = Home(folder / "home", base)
    home.extract()
    models = Models(home.settings.home)
    assert models.build(CLOSED_AT) == Built(set(), set())
    closed = models.rows(CLOSE)
    caused_by = {
        "cus_back": account.backdated_change(),
        "cus_new": account.backdated_customer(),
        "cus_void": account.void_invoices(),
        "cus_late": account.late_coupon(),
    }
    account.pass_time(FOUND_AT)
    home.extract()
    yield Story(models, home, account, closed, caused_by, models.build(FOUND_AT))


def test_twelve_months_close_with_what_they_were_worth(story: Story) -> None:
    figures = {(f"{row[0]:%Y-%m}", row[1], row[2]): row[3] for row in story.closed}
    assert figures == {(month, customer, "usd"): mrr for month in MONTHS for customer, mrr in BEFORE.items()}


def test_closed_rows_stay_and_restatements_say_the_difference(story: Story) -> None:
    """By hand: $30 from October; a new $40 from November; $80 gone in December; 25 % of $60 from November, not of list.

    December's other bill was voided by hand later, which changes nothing.
    """
    assert story.models.rows(f"select * from ({CLOSE}) where month < '2026-01-01'") == story.closed
    expected = {
        "cus_back": {"2025-10": (30, 30), "2025-11": (30, 30), "2025-12": (30, 30)},
        "cus_new": {"2025-11": (40, 40), "2025-12": (40, 40)},
        "cus_void": {"2025-12": (-80, -80)},
        "cus_late": {"2025-11": (-15, 0), "2025-12": (-15, 0)},
    }
    rows = [
        (month, customer, delta, of_list, delta)
        for customer, months in expected.items()
        for month, (delta, of_list) in months.items()
    ]
    assert story.models.rows(RESTATED) == sorted(rows)
    by_month = dict(story.models.rows("select strftime(month, '%Y-%m'), sum(mrr) from marts.mrr_monthly group by 1"))
    whole = sum(BEFORE.values(), Decimal(0))
    assert [by_month[month] - whole for month in MONTHS] == [0] * 9 + [30, 30 + 40 - 15, 30 + 40 - 80 - 15]
    assert story.found == Built(set(), set())


def test_a_restatement_names_the_objects_that_caused_it(story: Story) -> None:
    told = dict(
        story.models.rows(
            "select distinct customer_id, caused_by from marts.mrr_restatements where caused_by is not null"
        )
    )
    for customer, objects in story.caused_by.items():
        for identifier in objects:
            assert f"{identifier} (" in told[customer]
    assert "sub_late_1 (subscription)" in told["cus_late"]
    assert "LATE (coupon)" in told["cus_late"]
    found = "select distinct strftime(month_found, '%Y-%m'), reason from marts.mrr_restatements"
    assert story.models.rows(found) == [("2026-02", "new versions of objects")]


def test_is_closed_says_which_months_stand_in_the_close(story: Story) -> None:
    months = story.models.rows(
        "select distinct strftime(month, '%Y-%m') as m, is_closed from marts.mrr_monthly order by m"
    )
    assert months == [(month, True) for month in MONTHS] + [("2026-01", False), ("2026-02", False)]


def test_another_run_adds_nothing_not_even_after_a_full_refresh_and_an_erasure(story: Story) -> None:
    before = [story.models.rows(query) for query in (CLOSE, RESTATED, RUNS)]
    erase("cus_late", story.home.settings)
    selected = f"stg_stripe__customers {RECOMPUTED}"
    assert story.models.build(FOUND_AT, "--full-refresh", select=selected) == Built(set(), set())
    assert [story.models.rows(query) for query in (CLOSE, RESTATED, RUNS)] == before


def test_a_look_back_closes_and_restates_nothing(story: Story) -> None:
    """In September the changes of October to December have not happened: nobody is to be told that they are gone."""
    before = [story.models.rows(query) for query in (CLOSE, RESTATED, RUNS)]
    assert story.models.build("2025-09-15T12:00:00Z", select=RECOMPUTED) == Built(set(), {"closing_is_not_suspended"})
    assert [story.models.rows(query) for query in (CLOSE, RESTATED, RUNS)] == before


@pytest.mark.slow  # a whole run and a rebuild through Dagster: a minute
def test_make_close_closes_at_once_and_publishes(
    story: Story, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """January by hand: 100 + (50 + 30) + 80, its bills being collected again, + 70 + 45 + 36.50 + 40."""
    settings = story.home.settings
    for name, value in {"HOME": str(settings.home), "AS_OF": FOUND_AT}.items():
        monkeypatch.setenv(f"REVFUNNEL_{name}", value)
    monkeypatch.setenv("DAGSTER_HOME", "")  # restored afterwards, whatever the command sets
    assert main(["2026-01"]) == 0
    assert "2026-01 closed with MRR 451.50 USD of 7 paying customers" in capsys.readouterr().out
    with duckdb.connect(str(settings.published_path), read_only=True) as connection:
        closed = connection.execute("select max(month), count(distinct month) from marts.mrr_close").fetchone()
        restated = connection.execute("select count(*), sum(delta) from marts.mrr_restatements").fetchone()
    assert closed == (date(2026, 1, 1), 13)
    assert restated == (8, 30 * 3 + 40 * 2 - 80 - 15 * 2)
    for month, complaint in {
        "2026-01": "2026-01 is closed already (closed through 2026-01)",
        "2025-03": "2025-03 is closed already",
        "2026-02": "2026-02 is not over before 2026-03-01 00:00 (UTC)",
        "2024-12": "nobody had a subscription in 2024-12; the first month is 2025-01",
        "2026-1": "'2026-1' is not a month like 2026-01",
        "2026-13": "'2026-13' is not a month like 2026-01",
    }.items():
        assert main([month]) == 1
        assert complaint in capsys.readouterr().err
    monkeypatch.setenv("REVFUNNEL_HOME", str(settings.home / "elsewhere"))
    assert main(["2026-01"]) == 1
    assert "does not exist yet; `make run` first" in capsys.readouterr().err


def test_a_run_that_died_after_the_close_is_made_good(story: Story) -> None:
    later = "2026-03-08T12:00:00Z"
    assert story.models.build(later, select="int_months+,+mrr_close") == Built(set(), set())
    once = story.models.rows(CLOSE)
    assert {row[0] for row in once} == {date(2025, month, 1) for month in range(1, 13)} | {FEBRUARY, date(2026, 1, 1)}
    story.models.build(later, select="mrr_close")
    assert story.models.build(later, select=RECOMPUTED) == Built(set(), set())
    assert story.models.rows(CLOSE) == once
    assert story.models.rows("select month from intermediate.int_close_seals order by 1 desc limit 1") == [(FEBRUARY,)]
    assert story.models.rows("select count(*) from marts.mrr_restatements") == [(8,)]


@pytest.mark.parametrize(
    ("edits", "selected", "found"),
    [
        (
            [
                "update {close} set mrr = 99.99 where {march} and customer_id = 'cus_steady'",
                "delete from {close} where {march} and customer_id = 'cus_hand'",
            ],
            "mrr_restatements",
            {SEALED},
        ),
        (
            [
                "update {restatements} set delta = 29 where customer_id = 'cus_back'",
                "delete from {restatements} where customer_id = 'cus_new'",
            ],
            "",
            {"restatements_follow_each_other", "close_plus_restatements_equals_mrr"},
        ),
    ],
)
def test_an_edit_by_hand_is_found_and_nothing_is_restated_for_it(
    story: Story, edits: list[str], selected: str, found: set[str]
) -> None:
    stored = story.home.settings.warehouse_path
    untouched = stored.with_suffix(".untouched")
    shutil.copy(stored, untouched)
    names = {"close": "marts.mrr_close", "restatements": "marts.mrr_restatements", "march": "month = '2025-03-01'"}
    for edit in edits:
        story.models.write(edit.format(**names))
    before = story.models.rows("select count(*) from marts.mrr_restatements")
    built = story.models.build("2026-03-08T12:00:00Z", select=" ".join([selected, *found]))
    after = story.models.rows("select count(*) from marts.mrr_restatements")
    untouched.replace(stored)
    assert built.failed == found
    assert after == before


def test_a_changed_policy_restates_visibly(story: Story) -> None:
    """$12 every ten days: 12 x 360 / 12 / 10 = 36 a month instead of 36.50, in all months from January 2025 on."""
    variables = json.dumps({"month_days": 360, "revenue_rules_version": 2})
    assert story.models.build("2026-03-08T12:00:00Z", "--vars", variables) == Built(set(), set())
    rows = story.models.rows(
        "select distinct customer_id, delta, regexp_replace(reason, '[.][0-9a-f]{8}', '', 'g'), caused_by, "
        "count(*) over () from marts.mrr_restatements where rule_version like '2.%'"
    )
    assert rows == [("cus_days", Decimal("-0.5"), "rules 1 -> 2", None, 14)]
