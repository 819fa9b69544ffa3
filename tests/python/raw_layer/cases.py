"""What the tests of the raw layer share: short and long forms, and running until it succeeds."""

from collections.abc import Callable, Sequence

import pytest

from orchestration.settings import UserError
from tests.python.raw_layer.account import Account
from tests.python.raw_layer.homes import Home

SEED = 7
Living = Callable[[int], Account]  # starts a living account for a seed


def slow(*values: object) -> object:
    """The long form of a test."""
    return pytest.param(*values, marks=pytest.mark.slow)


def until_it_succeeds(
    home: Home, *, may_be_out_of_calls: bool = False, sources: Sequence[str] = ("stripe", "hubspot")
) -> None:
    """Run again after a clear error, as a schedule would."""
    for _ in range(4):
        try:
            home.extract(sources=sources)
        except UserError as error:
            assert "\n" not in str(error)
            if may_be_out_of_calls and "daily limit" in str(error):
                return
        else:
            return
    raise AssertionError("four runs in a row have failed")
