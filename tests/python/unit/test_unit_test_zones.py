"""dbt's unit tests are part of every build, so none may fail because of the zone that a company reports in."""

from collections.abc import Iterable
from typing import Any

from orchestration.dbt_manifest import manifest

ZONE = "macro.revfunnel.reporting_timezone"


def test_a_unit_test_states_the_zone_that_its_model_reads() -> None:
    project = manifest()
    silent = {
        test["name"]
        for test in project["unit_tests"].values()
        if ZONE in _called(project, project["nodes"][f"model.revfunnel.{test['model']}"]["depends_on"]["macros"])
        and "reporting_timezone" not in ((test["overrides"] or {}).get("macros") or {})
    }
    assert not silent


def _called(project: dict[str, Any], macros: Iterable[str]) -> set[str]:
    """These macros, and those that they call in turn."""
    called: set[str] = set()
    waiting = set(macros)
    while waiting:
        called |= waiting
        known = (project["macros"][name] for name in waiting if name in project["macros"])
        waiting = {name for macro in known for name in macro["depends_on"]["macros"]} - called
    return called
