"""The thresholds of checks that stand among the vars of dbt_project.yml, where the models' policies stand too."""

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from orchestration.settings import PROJECT_ROOT, UserError

_PROJECT = PROJECT_ROOT / "dbt_project.yml"


@cache
def policy(name: str, path: Path = _PROJECT) -> Decimal:
    """A var of dbt_project.yml that is a number.

    Raises:
        UserError: it is missing, or no number.
    """
    value = _vars(path).get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UserError(f"{path.name}: var {name} must be a number, not {value!r}")
    return Decimal(str(value))


@cache
def names(name: str, path: Path = _PROJECT) -> tuple[str, ...]:
    """A var of dbt_project.yml that is a list of names.

    Raises:
        UserError: it is missing, or no such list.
    """
    value = _vars(path).get(name)
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise UserError(f"{path.name}: var {name} must be a list of names, not {value!r}")
    return tuple(value)


def _vars(path: Path) -> dict[str, Any]:
    import yaml

    return yaml.safe_load(path.read_text(encoding="utf-8")).get("vars", {})
