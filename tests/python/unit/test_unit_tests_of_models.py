"""dbt's unit tests run in every build, under whatever a company has set: what they rest on they must say themselves."""

import re
from typing import Any

import pytest

from orchestration.dbt_manifest import manifest

SETTINGS = {"as_of", "reporting_currency", "reporting_timezone"}
VAR = re.compile(r"""\bvar\(\s*['"](\w+)['"]""")
OWN = "macro.revfunnel."
TESTS = {test["name"]: test for test in manifest()["unit_tests"].values()}


def rests_on(node: dict[str, Any], overridden: set[str]) -> set[str]:
    """The settings and vars that a model reads, itself or through macros, but for those that are overridden."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [node]
    while waiting:
        each = waiting.pop()
        found |= set(VAR.findall(each.get("raw_code") or each.get("macro_sql") or ""))
        for key in each["depends_on"]["macros"]:
            name = key.removeprefix(OWN)
            if key in seen or name == key or name in overridden:
                continue
            seen.add(key)
            if name in SETTINGS:
                found.add(name)
            else:
                waiting.append(manifest()["macros"][key])
    return found - overridden


@pytest.mark.parametrize("name", sorted(TESTS))
def test_a_unit_test_says_which_settings_it_holds_under(name: str) -> None:
    """`make run` in kronor or in Tokyo, or after an edit of dbt_project.yml, runs it too."""
    test = TESTS[name]
    overrides = test["overrides"] or {}
    overridden = {*overrides.get("macros", {}), *overrides.get("vars", {})}
    (model,) = (manifest()["nodes"][key] for key in test["depends_on"]["nodes"])
    missing = rests_on(model, overridden)
    assert not missing, f"{name} of {test['model']}: say {sorted(missing)} under overrides"


def test_what_a_model_rests_on_is_found_through_macros() -> None:
    model = manifest()["nodes"]["model.revfunnel.int_crm_home_currency"]
    assert rests_on(model, set()) == {"reporting_currency", "crm_home_currency"}
