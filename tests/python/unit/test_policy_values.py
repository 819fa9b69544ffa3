"""What the policy switches of dbt_project.yml take and refuse, by the macros that read them."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from jinja2 import Environment

REPOSITORY = Path(__file__).resolve().parents[3]
PROJECT_VARS: dict[str, Any] = yaml.safe_load((REPOSITORY / "dbt_project.yml").read_text())["vars"]


class Refused(Exception):
    """dbt stops compiling."""


class Returned(Exception):
    """dbt's `return`: the macro gives a value instead of text."""


class Exceptions:
    """dbt's `exceptions`."""

    @staticmethod
    def raise_compiler_error(message: str) -> None:
        raise Refused(message)


def give(value: Any) -> None:
    raise Returned(value)


def read(macro: str, *arguments: Any, **values: Any) -> Any:
    """What a macro of policies.sql gives where the vars have these values instead of the project's."""
    source = (REPOSITORY / "dbt_project" / "macros" / "policies.sql").read_text()
    known = {"var": (PROJECT_VARS | values).__getitem__, "exceptions": Exceptions, "return": give}
    module = Environment(extensions=["jinja2.ext.do"]).from_string(source).make_module(known)
    try:
        return str(getattr(module, macro)(*arguments)).strip()
    except Returned as returned:
        return returned.args[0]


CHURN_DATES = ["ended_at", "canceled_at"]
FLAGS = ("once_coupons_reduce_mrr", "trials_count_in_mrr", "usage_counts_in_mrr")


def test_defaults_are_the_rules_of_the_design() -> None:
    assert read("past_due_grace_days") is None
    assert [read("policy_flag", name) for name in FLAGS] == ["false", "false", "false"]
    assert read("policy_choice", "churn_date", CHURN_DATES) == "ended_at"
    assert (read("policy_number", "month_days", False), read("policy_number", "month_week_days")) == ("365", "84")
    assert read("counted_statuses") == "'active', 'past_due'"


def test_other_policies_are_read() -> None:
    assert read("past_due_grace_days", past_due_grace_days=0) == 0
    assert [read("policy_flag", name, **{name: True}) for name in FLAGS] == ["true", "true", "true"]
    assert read("policy_choice", "churn_date", CHURN_DATES, churn_date="canceled_at") == "canceled_at"
    assert read("policy_number", "month_days", False, month_days=365.25) == "365.25"
    assert read("counted_statuses", trials_count_in_mrr=True) == "'active', 'past_due', 'trial'"


@pytest.mark.parametrize("value", [-1, 1.5, "30", True, None, "never"])
def test_grace_is_forever_or_whole_days(value: Any) -> None:
    refused("past_due_grace_days", value, "forever and whole numbers of days from 0", "past_due_grace_days")


@pytest.mark.parametrize("name", FLAGS)
@pytest.mark.parametrize("value", ["true", "no", 1, 0, None])
def test_flags_are_true_or_false(name: str, value: Any) -> None:
    refused(name, value, "true and false", "policy_flag", name)


@pytest.mark.parametrize("value", ["foo", True, None, ""])
def test_churn_date_is_one_of_two(value: Any) -> None:
    refused("churn_date", value, "ended_at and canceled_at", "policy_choice", "churn_date", CHURN_DATES)


@pytest.mark.parametrize("value", [0, -365, "365", None, True])
def test_interval_factors_are_above_zero(value: Any) -> None:
    refused("month_days", value, "numbers above zero", "policy_number", "month_days", False)
    refused("month_week_days", value, "whole numbers above zero", "policy_number", "month_week_days")


def test_twelve_weeks_have_whole_days() -> None:
    refused("month_week_days", 84.5, "whole numbers above zero", "policy_number", "month_week_days")


def refused(name: str, value: Any, allowed: str, macro: str, *arguments: Any) -> None:
    with pytest.raises(Refused) as error:
        read(macro, *arguments, **{name: value})
    assert str(error.value) == f"dbt_project.yml: var '{name}' is '{value}'; allowed are {allowed}"
