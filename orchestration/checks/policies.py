"""The thresholds of checks that stand among the vars of dbt_project.yml, where the models' policies stand too."""

from decimal import Decimal
from functools import cache
from pathlib import Path

from orchestration.settings import PROJECT_ROOT, UserError


@cache
def policy(name: str, path: Path = PROJECT_ROOT / "dbt_project.yml") -> Decimal:
    """A var of dbt_project.yml that is a number.

    Raises:
        UserError: it is missing, or no number.
    """
    import yaml

    value = yaml.safe_load(path.read_text(encoding="utf-8")).get("vars", {}).get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UserError(f"{path.name}: var {name} must be a number, not {value!r}")
    return Decimal(str(value))
