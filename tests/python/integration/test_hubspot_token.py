"""What is said about a HubSpot token that works but can do more than it should."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from orchestration.hubspot.scopes import token_warning
from orchestration.settings import Settings
from tests.python.hubspot_account import Account


@pytest.fixture
def account(sandbox_server: Callable[[Path], str], tmp_path: Path) -> Account:
    """An empty account."""
    (tmp_path / "served" / "hubspot").mkdir(parents=True)
    return Account(sandbox_server(tmp_path / "served"), tmp_path / "home")


def with_token(account: Account, token: str) -> Settings:
    """The account read with another token."""
    return account.settings.model_copy(update={"hubspot_access_token": SecretStr(token)})


def test_a_token_that_can_write_is_told_in_one_line(account: Account) -> None:
    warning = token_warning(with_token(account, "pat-write-verysecret"))
    assert warning
    assert "crm.objects.companies.write, crm.objects.contacts.write, crm.objects.deals.write)" in warning
    assert "verysecret" not in warning and "\n" not in warning


def test_nothing_is_said_of_a_token_that_only_reads_or_that_hubspot_says_nothing_about(account: Account) -> None:
    assert token_warning(with_token(account, "pat-read")) is None
    assert token_warning(with_token(account, "wrong")) is None
    account.control("PUT", "forbidden", {"paths": ["/oauth"]})
    assert token_warning(with_token(account, "pat-write")) is None


def test_it_is_said_at_the_first_run_of_a_day(account: Account) -> None:
    account.settings = with_token(account, "pat-write")
    account.set_clock("2026-03-10T08:00:00Z")
    for expected in (1, 1):
        account.extract()
        assert sum("can also write" in line for line in account.log) == expected
    account.pass_time(days=1)
    account.extract()
    assert sum("can also write" in line for line in account.log) == 2
