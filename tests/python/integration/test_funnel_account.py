"""One account worked out by hand, seen on 15 March 2026 and as it would have been known on 15 September 2025.

The people, companies and trials are those of small_accounts/funnel_people.py; all things happen at noon.
"""

import shutil
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

from tests.python.rule_cases.objects import AS_OF
from tests.python.small_accounts import funnel_people
from tests.python.small_accounts.building import Row, dbt, land, rows

HALF_A_YEAR_AGO = "2025-09-15T12:00:00Z"
MARTS = (
    "fct_funnel_stage_entries",
    "fct_company_stage_entries",
    "funnel_conversion",
    "funnel_snapshot",
    "visitor_conversion",
    "trial_conversion",
    "product_qualified_leads",
    "int_unmapped_stages",
    "int_customer_matches",
)
SELECTION = ("--select", *(f"+{model}" for model in MARTS), "--exclude", "resource_type:seed")
# What is asserted of Stripe's objects and of MRR is asserted elsewhere.
OTHERS_TESTS = (
    *(f"resource_type:test,path:models/{path}" for path in ("staging/stripe", "intermediate/revenue", "marts/revenue")),
    *("--exclude-resource-type", "unit_test"),
)
MQL, SQL = "marketingqualifiedlead", "salesqualifiedlead"
MAY, JUNE, JULY, AUGUST, OCTOBER = (date(2025, month, 1) for month in (5, 6, 7, 8, 10))


class Homes(NamedTuple):
    """The same raw tables, built at two times."""

    now: Path
    then: Path


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Homes:
    home, earlier = tmp_path_factory.mktemp("funnel"), tmp_path_factory.mktemp("funnel_then")
    funnel_people.write(home / "folder")
    land(home / "folder", home)
    run(home, "seed")
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute(f"insert into seeds.lifecycle_stages values ('{funnel_people.MAPPED}', '{MQL}', 2, true)")
        connection.executemany("insert into seeds.identity_overrides values (?, ?, ?)", funnel_people.OVERRIDES)
        connection.executemany("insert into seeds.product_events values (?, ?, ?, ?)", funnel_people.SEEDED_EVENTS)
    shutil.copy(home / "warehouse.duckdb", earlier)
    run(home, "build", *SELECTION, *OTHERS_TESTS, "--indirect-selection", "cautious")
    run(earlier, "run", *SELECTION, as_of=HALF_A_YEAR_AGO)
    return Homes(home, earlier)


def run(home: Path, *command: str, as_of: str = AS_OF) -> None:
    done = dbt(home, *command, as_of=as_of)
    assert done.returncode == 0, done.stdout + done.stderr


def entries(home: Path, record: str, of: str = "contact") -> dict[str, Row]:
    mart = "fct_funnel_stage_entries" if of == "contact" else "fct_company_stage_entries"
    return {row["stage"]: row for row in rows(home, f"select * from marts.{mart} where {of}_id = '{record}'")}


def noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day} 12:00")


def cohorts(home: Path, dimension: str = "all", value: str = "all") -> dict[tuple[date, str], tuple[int, int, bool]]:
    """(cohort month, from stage) -> entered, converted, is_mature."""
    found = rows(
        home,
        "select * from marts.funnel_conversion "
        f"where dimension = '{dimension}' and dimension_value = '{value}' order by cohort_month",
    )
    return {
        (row["cohort_month"], row["from_stage"]): (row["entered"], row["converted"], row["is_mature"]) for row in found
    }


def test_cohorts_of_today(homes: Homes) -> None:
    """Leads. May: 14 (10's lead, 51 days before its MQL: too late). June: 1, 2, 3, 21; 1, 3 and 21 qualify in 15, 14
    and 10 days, 2 never does; 20's lead was imported; 23 and 24 are archived. July: 22, through a mapped stage.
    October: 25.

    MQLs. June: 1 (SQL after 20 days), 14 (11's MQL, 13's SQL: 41 days), 3, 20, 21. July: 22. SQLs. June: 2. July: 1
    (customer after 77 days). August: 14 (83 days).
    """
    assert cohorts(homes.now) == {
        (MAY, "lead"): (1, 0, True),
        (JUNE, "lead"): (4, 3, True),
        (JULY, "lead"): (1, 1, True),
        (OCTOBER, "lead"): (1, 0, True),
        (JUNE, MQL): (5, 2, True),
        (JULY, MQL): (1, 0, True),
        (JUNE, SQL): (1, 0, True),
        (JULY, SQL): (1, 1, True),
        (AUGUST, SQL): (1, 1, True),
    }


def test_cohorts_as_they_were_known_half_a_year_ago(homes: Homes) -> None:
    """25 had not come, 23 was not archived, nobody was a customer. 14 is counted as one person already: nothing tells
    when records were merged. By 15 September had passed: 30 days after 31 July and 60 after 30 June, but not 60 after
    31 July (29 September) nor 90 after 30 June (28 September)."""
    assert cohorts(homes.then) == {
        (MAY, "lead"): (1, 0, True),
        (JUNE, "lead"): (5, 3, True),
        (JULY, "lead"): (1, 1, True),
        (JUNE, MQL): (5, 2, True),
        (JULY, MQL): (1, 0, False),
        (JUNE, SQL): (1, 0, False),
        (JULY, SQL): (1, 0, False),
        (AUGUST, SQL): (1, 0, False),
    }


def test_cohorts_are_split_by_segment_source_and_owner(homes: Homes) -> None:
    """1, 2 and 3 belong to an enterprise; only 1 has a source and an owner."""
    assert cohorts(homes.now, "segment", "enterprise")[JUNE, "lead"] == (3, 2, True)
    assert cohorts(homes.now, "segment", "unknown")[JUNE, "lead"] == (1, 1, True)
    assert cohorts(homes.now, "source", "PAID_SEARCH")[JUNE, "lead"] == (1, 1, True)
    assert cohorts(homes.now, "owner", "9")[JULY, SQL] == (1, 1, True)
    assert cohorts(homes.now, "owner", "unknown")[JUNE, "lead"] == (3, 2, True)


def test_days_to_convert(homes: Homes) -> None:
    """20 and 41 days: median 30.5, nine tenths of the way from 20 to 41 is 38.9."""
    (found,) = rows(
        homes.now,
        "select median_days, p90_days from marts.funnel_conversion "
        f"where cohort_month = '{JUNE}' and from_stage = '{MQL}' and dimension = 'all'",
    )
    assert (found["median_days"], found["p90_days"]) == (Decimal("30.50"), Decimal("38.90"))


def test_a_skipped_stage_is_imputed_with_the_later_ones_date(homes: Homes) -> None:
    found = entries(homes.now, "2")
    assert (found[MQL]["is_imputed"], found[MQL]["first_entered_at"]) == (True, noon("2025-06-30"))
    assert (found[MQL]["entries"], found[MQL]["entry_source"], found[MQL]["is_cohort_entry"]) == (
        0,
        "LATER_STAGE",
        False,
    )
    assert [stage for stage, row in found.items() if row["is_current"]] == [SQL]
    assert found["lead"]["company_id"] == "71"


def test_a_stage_entered_twice_counts_once_and_says_so(homes: Homes) -> None:
    """Cleared a second before it was set back: a step back all the same."""
    found = entries(homes.now, "3")
    assert set(found) == {"lead", MQL}
    assert (found[MQL]["entries"], found[MQL]["is_regressed"], found[MQL]["is_current"]) == (2, True, True)
    assert (found[MQL]["first_entered_at"], found[MQL]["last_entered_at"]) == (noon("2025-06-15"), noon("2025-08-01"))
    assert (found["lead"]["entries"], found["lead"]["is_regressed"]) == (2, False)


def test_a_stage_that_was_set_again_was_entered_once(homes: Homes) -> None:
    found = entries(homes.now, "1")[MQL]
    assert (found["entries"], found["last_entered_at"], found["is_regressed"]) == (1, noon("2025-06-20"), False)


def test_two_merges_in_a_row_leave_one_person_with_all_histories(homes: Homes) -> None:
    """Leads of 10 (which 12 and 14 repeat) and 11: two entries. 11's later lead is no step back."""
    found = entries(homes.now, "14")
    assert {stage: (row["first_entered_at"], row["entries"]) for stage, row in found.items() if row["entries"]} == {
        "lead": (noon("2025-05-10"), 2),
        MQL: (noon("2025-06-30"), 1),
        SQL: (noon("2025-08-10"), 1),
        "customer": (noon("2025-11-01"), 1),
    }
    assert not any(row["is_regressed"] for row in found.values())
    for merged in ("10", "11", "12", "13"):
        assert entries(homes.now, merged) == {}
    assert set(entries(homes.then, "14")) == {"lead", MQL, SQL}  # it is dated December, what went up in it May


def test_imports_and_date_properties_are_told_apart(homes: Homes) -> None:
    assert (entries(homes.now, "20")["lead"]["evidence"], entries(homes.now, "20")["lead"]["is_cohort_entry"]) == (
        "bulk",
        False,
    )
    found = entries(homes.now, "21")
    assert {stage: (row["evidence"], row["first_entered_at"]) for stage, row in found.items()} == {
        "lead": ("date_property", noon("2025-06-07")),
        MQL: ("date_property", noon("2025-06-17")),
    }


def test_an_unmapped_stage_is_kept_and_named(homes: Homes) -> None:
    found = entries(homes.now, "22")
    assert set(found) == {"lead", MQL, funnel_people.UNMAPPED}
    assert found[funnel_people.UNMAPPED]["stage_order"] is None
    assert rows(homes.now, "select source_stage, contacts, companies from intermediate.int_unmapped_stages") == [
        {"source_stage": funnel_people.UNMAPPED, "contacts": 1, "companies": 0}
    ]


def test_companies_go_through_the_funnel_too(homes: Homes) -> None:
    found = entries(homes.now, "71", "company")
    assert {stage: (row["first_entered_at"], row["is_imputed"]) for stage, row in found.items()} == {
        "lead": (noon("2025-05-01"), False),
        MQL: (noon("2025-06-01"), True),
        SQL: (noon("2025-06-01"), True),
        "opportunity": (noon("2025-06-01"), False),
        "customer": (noon("2025-07-01"), False),
    }
    own_stage = entries(homes.now, "72", "company")
    assert {stage: row["evidence"] for stage, row in own_stage.items()} == {MQL: "date_property", "lead": "imputed"}
    assert entries(homes.now, "73", "company") == {}
    assert set(entries(homes.then, "73", "company")) == {"lead"}
    assert entries(homes.now, "74", "company") == {}


def snapshot(home: Path, month: date, objects: str) -> dict[str, tuple[int, int, int]]:
    """Stage -> standing, entered, reached, of everybody."""
    found = rows(
        home,
        "select * from marts.funnel_snapshot "
        f"where month = '{month}' and object_type = '{objects}' and dimension = 'all'",
    )
    return {row["stage"]: (row["standing"], row["entered"], row["reached"]) for row in found}


def test_who_stands_where_at_the_end_of_august(homes: Homes) -> None:
    """Leads were 1, 2, 3, 14, 20, 21 and 22. All but 2 were MQL, which it has passed. SQL: 1, 2, 14."""
    assert snapshot(homes.now, AUGUST, "contacts") == {
        "lead": (0, 7, 7),
        MQL: (3, 6, 7),
        SQL: (3, 3, 3),
        funnel_people.UNMAPPED: (1, 1, 1),
    }
    assert snapshot(homes.then, AUGUST, "contacts")["lead"] == (1, 8, 8)  # 23 was there


def test_who_stands_where_now(homes: Homes) -> None:
    """Company 74 is a lead since nobody knows when: it counts as of as_of only."""
    now, then = date(2026, 3, 1), date(2025, 9, 1)
    assert snapshot(homes.now, now, "contacts") == {
        "lead": (1, 8, 8),
        MQL: (3, 6, 7),
        SQL: (1, 3, 3),
        "opportunity": (0, 0, 2),
        "customer": (2, 2, 2),
        funnel_people.UNMAPPED: (1, 1, 1),
    }
    assert snapshot(homes.now, now, "companies")["lead"] == (3, 4, 5)  # 74, 75, 76; 71 and 79 were, 72 has passed it
    assert snapshot(homes.now, AUGUST, "companies")["lead"] == (0, 2, 3)  # 71, 76; 72
    assert snapshot(homes.then, then, "companies")["lead"] == (2, 3, 4)  # and 73


def test_a_stage_counts_from_the_first_sign_of_it(homes: Homes) -> None:
    """January: 75 is a customer, and has passed what it enters in February only. 76 has been a lead since its import
    in June, whatever it became again in January. 71 took lead, opportunity and customer, 79 lead and customer,
    72 MQL."""
    assert snapshot(homes.now, date(2025, 12, 1), "companies")["lead"] == (1, 3, 4)
    assert snapshot(homes.now, date(2026, 1, 1), "companies") == {
        "lead": (1, 3, 5),
        MQL: (1, 2, 5),
        SQL: (0, 0, 3),
        "opportunity": (0, 1, 3),
        "customer": (3, 3, 3),
    }
    found = entries(homes.now, "76", "company")["lead"]
    assert (found["evidence"], found["first_entered_at"]) == ("history", noon("2026-01-05"))  # as cohorts count


def test_after_a_merge_the_records_own_stage_is_the_present_one(homes: Homes) -> None:
    """79 is a customer, as 77 was, though 78 became a lead later; nobody stepped back."""
    found = entries(homes.now, "79", "company")
    assert {stage: (row["entries"], row["is_current"]) for stage, row in found.items() if row["entries"]} == {
        "lead": (2, False),
        "customer": (1, True),
    }
    assert not any(row["is_regressed"] for row in found.values())
    assert snapshot(homes.now, date(2026, 2, 1), "companies")["customer"] == (2, 3, 3)  # 71, 79; 75 was


def visitors(home: Path) -> list[tuple[object, ...]]:
    found = rows(
        home,
        "select * from marts.visitor_conversion where dimension = 'all' order by month, dimension, dimension_value",
    )
    return [(row["month"], row["visitors"], row["leads"], row["conversion_rate"], row["is_complete"]) for row in found]


def test_visitors_become_leads(homes: Homes) -> None:
    """June: 6 + 4 leads of 600 + 400 visitors, the five typed in left out. July's report names no leads: none."""
    closed = [(JUNE, 1000, 10, Decimal("0.01"), True), (JULY, 500, 0, Decimal(0), True)]
    assert visitors(homes.now) == [*closed, (date(2026, 3, 1), 100, 1, Decimal("0.01"), False)]
    assert visitors(homes.then) == closed


def trials(home: Path, dimension: str) -> dict[tuple[date, str], tuple[int, int, bool]]:
    """(cohort month, value) -> trials, converted, is_mature."""
    found = rows(home, f"select * from marts.trial_conversion where dimension = '{dimension}'")
    return {
        (row["cohort_month"], row["dimension_value"]): (row["trials"], row["converted"], row["is_mature"])
        for row in found
    }


def test_trials_that_are_paid_within_thirty_days_of_their_end(homes: Homes) -> None:
    """June: Keen pays, Idle does not, Slow pays on the 47th day. New's trial ends on 19 March 2026."""
    january, march = date(2025, 1, 1), date(2026, 3, 1)
    past = {(january, "all"): (1, 1, True), (JUNE, "all"): (3, 1, True)}
    assert trials(homes.now, "all") == {**past, (march, "all"): (1, 0, False)}
    assert trials(homes.then, "all") == past
    assert trials(homes.now, "qualified") == {
        (january, "unknown"): (1, 1, True),
        (JUNE, "qualified"): (1, 1, True),
        (JUNE, "not_qualified"): (2, 0, True),
        (march, "not_qualified"): (1, 0, False),
    }
    assert trials(homes.now, "plan")[JUNE, "keen"] == (1, 1, True)
    # Slow and Early pay, so that there is a band of their revenue; Idle and New have none.
    assert trials(homes.now, "segment") == {
        (january, "unknown"): (1, 1, True),
        (JUNE, "enterprise"): (1, 1, True),
        (JUNE, "unknown"): (2, 0, True),
        (march, "unknown"): (1, 0, False),
    }
    (june,) = rows(
        homes.now, f"select * from marts.trial_conversion where dimension = 'all' and cohort_month = '{JUNE}'"
    )
    assert (june["median_days_to_pay"], june["qualified"], june["median_time_to_value_days"]) == (14, 1, 8)
    # Wilson, 1 of 3: (1/3 + z2/6 -+ z sqrt(2/27 + z2/36)) / (1 + z2/3) with z2 = 3.841459
    assert abs(june["rate_low"] - Decimal("0.0615")) < Decimal("0.0001")
    assert abs(june["rate_high"] - Decimal("0.7923")) < Decimal("0.0001")


def test_product_qualified_leads(homes: Homes) -> None:
    """Keen on 9 June, eight days in, when a colleague of the same company invites; its session of 20 June is outside
    the 14 days. Contact 20 never had a trial: from its first session to the invitation are two days. Idle's two
    sessions stand in the file three times. Slow and New did nothing. Early's 14 days ended before anything is
    known."""
    found = {
        row["lead_id"]: (row["sessions"], row["qualified_at"], row["time_to_value_days"], row["is_qualified"])
        for row in rows(homes.now, "select * from marts.product_qualified_leads")
    }
    assert found == {
        "sub_keen_1": (3, noon("2025-06-09"), 8, True),
        "sub_idle_1": (2, None, None, False),
        "sub_slow_1": (0, None, None, False),
        "sub_new_1": (0, None, None, False),
        "sub_early_1": (None, None, None, None),
        "contact:20": (3, noon("2025-07-03"), 2, True),
        "contact:14": (1, None, None, False),
    }
    signup = "select converted, is_mature, contact_id from marts.product_qualified_leads where lead_id = 'contact:20'"
    assert rows(homes.now, signup) == [{"converted": False, "is_mature": True, "contact_id": "20"}]
    assert rows(homes.then, signup) == [{"converted": False, "is_mature": False, "contact_id": "20"}]


def test_what_somebody_decided_wins(homes: Homes) -> None:
    """Over would match 71 by e-mail, Alone by its metadata. Gone's company was not archived yet in September."""
    query = (
        "select customer_id, match_method, hubspot_company_id from marts.dim_customers where customer_id like 'cus_%'"
    )
    found = {row["customer_id"]: (row["match_method"], row["hubspot_company_id"]) for row in rows(homes.now, query)}
    assert found == {
        "cus_keen": ("metadata", "71"),
        "cus_over": ("manual", "72"),
        "cus_alone": ("manual", None),
        "cus_gone": ("none", None),
        "cus_merged": ("manual", "71"),
        **dict.fromkeys(("cus_idle", "cus_slow", "cus_new", "cus_early"), ("none", None)),
    }
    candidates = rows(
        homes.now,
        "select method, hubspot_company_id, rejected_reason from intermediate.int_identity_candidates "
        "where customer_id in ('cus_over', 'cus_gone') order by customer_id, candidate_rank",
    )
    assert [tuple(row.values()) for row in candidates] == [
        ("manual", "73", "company_archived"),
        ("manual", "72", None),
        ("email", "71", "outranked"),
        ("domain", "71", "outranked"),
    ]
    then = {row["customer_id"]: (row["match_method"], row["hubspot_company_id"]) for row in rows(homes.then, query)}
    assert then["cus_gone"] == ("manual", "73")


def test_lines_that_lead_nowhere_are_known(homes: Homes) -> None:
    found = rows(
        homes.now,
        "select customer_id, rejected_reason from intermediate.int_identity_manual where rejected_reason is not null "
        "order by customer_id",
    )
    assert [tuple(row.values()) for row in found] == [
        ("cus_gone", "company_archived"),
        ("cus_nobody", "customer_not_found"),
    ]


def test_mrr_without_a_company(homes: Homes) -> None:
    """$100 each: Keen, Over, Merged have a company, Alone has none by decision; Slow, Early and Gone are unmatched."""
    found = rows(homes.now, "select customer_id, is_unmatched, mrr_reporting from intermediate.int_customer_matches")
    assert {row["customer_id"] for row in found if row["is_unmatched"]} == {"cus_slow", "cus_early", "cus_gone"}
    assert {row["customer_id"] for row in found if not row["is_unmatched"]} == {
        "cus_keen",
        "cus_over",
        "cus_merged",
        "cus_alone",
    }
    assert {row["mrr_reporting"] for row in found} == {100}
