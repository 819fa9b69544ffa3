"""A reading of HubSpot that is stopped half way: the next run goes on with it, and misses nothing of the meantime."""

from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.hubspot.client import DailyLimitReached
from tests.python.hubspot_account import Account

MORNING = "2026-03-10T08:00:00Z"


@pytest.fixture
def account(sandbox_server: Callable[[Path], str], tmp_path: Path) -> Account:
    """An empty account on a morning in March."""
    (tmp_path / "served" / "hubspot").mkdir(parents=True)
    account = Account(sandbox_server(tmp_path / "served"), tmp_path / "home")
    account.set_clock(MORNING)
    return account


def test_at_the_daily_limit_what_was_fetched_is_kept_for_the_next_run(account: Account) -> None:
    ids = account.contacts(3_000)  # 60 pages
    account.pass_time(minutes=90)
    account.control("PUT", "faults", {"rates": {"daily_limit": 45}})
    with pytest.raises(DailyLimitReached, match="daily limit"):
        account.extract(["contacts"])
    assert not account.settings.warehouse_path.exists()
    account.put("contacts", {"id": ids[0], "properties": {"jobtitle": "changed in between"}})
    account.pass_time(days=1)
    landed = account.extract(["contacts"])["contacts"]
    assert landed.new_versions == len(ids)
    assert account.current("contacts")[ids[0]]["properties"]["jobtitle"] == "changed in between"
    # The second day's own reading of all contacts goes as far as its calls do, and on the third day to its end.
    assert "daily limit" in landed.notes[-1]
    account.control("DELETE", "faults")
    account.pass_time(days=1)
    account.extract(["contacts"])
    account.pass_time(minutes=90)
    assert account.extract(["contacts"])["contacts"].fetched == 0


def test_what_left_no_trace_while_a_reading_was_interrupted_is_found_when_it_goes_on(account: Account) -> None:
    ids = account.contacts(3_000)  # 60 pages
    account.pass_time(minutes=90)
    account.extract(["contacts"])
    account.pass_time(days=1)
    account.control("PUT", "faults", {"rates": {"daily_limit": 45}})
    with pytest.raises(DailyLimitReached):
        account.extract(["contacts"])
    account.control("DELETE", "faults")
    # All on pages that have been read: archived, calculated anew, merged.
    account.control("DELETE", f"hubspot/contacts/{ids[0]}")
    account.put("contacts", {"id": ids[1], "properties": {"hs_email_open": "9"}}, silent=True)
    survivor = account.control("POST", "hubspot/contacts/merge", {"primary": ids[2], "merged": ids[3]})["id"]
    account.pass_time(days=1)
    account.extract(["contacts"])
    assert set(account.current("contacts")) == {*ids[1:2], *ids[4:], survivor}
    assert set(account.tombstones("contacts")) == {ids[0], ids[2], ids[3]}
    assert account.current("contacts")[ids[1]]["properties"]["hs_email_open"] == "9"


def test_what_was_merged_while_the_first_reading_was_interrupted_is_no_contact(account: Account) -> None:
    ids = account.contacts(3_000)
    account.pass_time(minutes=90)
    account.control("PUT", "faults", {"rates": {"daily_limit": 45}})
    with pytest.raises(DailyLimitReached):
        account.extract(["contacts"])
    account.control("DELETE", "faults")
    survivor = account.control("POST", "hubspot/contacts/merge", {"primary": ids[0], "merged": ids[1]})["id"]
    account.pass_time(minutes=5)
    account.requests()
    account.extract(["contacts"])
    assert account.requests()["GET /crm/v3/objects/contacts"] <= 60 - 40 + 2  # nothing is read twice within a day
    assert set(account.current("contacts")) == {*ids[2:], survivor}


def test_changes_are_taken_up_where_the_daily_limit_stopped_them(account: Account) -> None:
    account.put("tasks", *({"properties": {"hs_task_status": "WAITING"}} for _ in range(4_500)))
    account.pass_time(minutes=90)
    account.extract(["tasks"])
    account.control("POST", "hubspot/tasks/bulk_edit", {"properties": {"hs_task_status": "COMPLETED"}})
    account.pass_time(minutes=5)
    account.control("PUT", "faults", {"rates": {"daily_limit": 50}})  # all would take 23 searches and 45 batches
    with pytest.raises(DailyLimitReached):
        account.extract(["tasks"])
    assert {task["properties"]["hs_task_status"] for task in account.current("tasks").values()} == {"WAITING"}
    account.pass_time(days=1)
    landed = account.extract(["tasks"])["tasks"]
    assert landed.new_versions == 4_500
    assert "what changed in the meantime comes with the next run" in landed.notes
    account.control("DELETE", "faults")
    account.pass_time(minutes=90)
    assert account.extract(["tasks"])["tasks"].new_versions == 0
