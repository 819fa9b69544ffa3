"""The code location: everything that is defined is registered, nothing changes unseen, and it loads fast.

After a change that is meant: `UPDATE_SNAPSHOTS=1 python -m pytest tests/python/unit/test_definitions.py`.
"""

import importlib
import json
import os
import pkgutil
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

import orchestration
from orchestration.checks.benchmarks import benchmark_checks
from orchestration.dbt_manifest import attach_singular_tests, manifest
from orchestration.definitions import defs
from orchestration.transform import dbt_models

REPOSITORY = Path(__file__).resolve().parents[3]
SNAPSHOT = Path(__file__).parent / "snapshots" / "definitions.json"
LOAD_SECONDS = 8.0  # of the processor: other programs on the machine make no difference

GRAPH = defs.resolve_asset_graph()
ASSETS = sorted(GRAPH.get_all_asset_keys())


def current() -> dict[str, object]:
    """What the snapshot holds."""
    everything = defs.resolve_job_def("everything")
    return {
        "assets": {key.to_user_string(): GRAPH.get(key).group_name for key in ASSETS},
        "jobs": {everything.name: len(everything.asset_layer.selected_asset_keys)},
        "schedules": {
            schedule.name: [schedule.cron_schedule, schedule.execution_timezone, schedule.job_name]
            for schedule in defs.get_repository_def().schedule_defs
        },
        "benchmark_checks": sorted(spec.name for spec in benchmark_checks.check_specs),
    }


def test_the_definitions_are_as_in_the_snapshot() -> None:
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.parent.mkdir(exist_ok=True)
        SNAPSHOT.write_text(json.dumps(current(), indent=2) + "\n")
    assert current() == json.loads(SNAPSHOT.read_text())


def defined() -> Iterator[tuple[str, object]]:
    """Every Dagster definition that stands in a module of the package, alone or in a list."""
    kinds = (dg.AssetsDefinition, dg.ScheduleDefinition, dg.SensorDefinition, dg.JobDefinition)
    for module_info in pkgutil.walk_packages(orchestration.__path__, "orchestration."):
        module = importlib.import_module(module_info.name)
        for name, value in vars(module).items():
            for item in value if type(value) is list else [value]:
                if isinstance(item, kinds) or type(item).__name__ == "UnresolvedAssetJobDefinition":
                    yield f"{module_info.name}.{name}", item


def test_everything_that_is_defined_is_registered() -> None:
    fields = (defs.assets, defs.asset_checks, defs.jobs, defs.schedules, defs.sensors)
    registered = {id(item) for field in fields for item in field or []}
    forgotten = {name for name, item in defined() if id(item) not in registered}
    assert forgotten == set()


def test_the_job_takes_every_asset_and_every_check() -> None:
    everything = defs.resolve_job_def("everything")
    assert everything.asset_layer.selected_asset_keys == set(ASSETS)
    assert set(everything.asset_layer.asset_graph.asset_check_keys) == set(GRAPH.asset_check_keys)


def test_every_source_that_the_models_read_is_extracted() -> None:
    assert {key.to_user_string() for key in ASSETS if not GRAPH.get(key).is_materializable} == set()


@pytest.mark.parametrize("key", ASSETS, ids=lambda key: key.to_user_string())
def test_every_asset_says_what_it_is_and_whose(key: dg.AssetKey) -> None:
    node = GRAPH.get(key)
    assert node.group_name and node.group_name != "default"
    assert node.owners
    assert node.kinds
    assert node.description


def test_everything_that_touches_the_warehouse_queues_for_it() -> None:
    without = [key.to_user_string() for key in ASSETS if GRAPH.get(key).pools != {"warehouse"}]
    assert without == []


def test_every_mart_and_the_published_copy_say_how_old_they_may_be() -> None:
    marts = [key for key in ASSETS if key.path[0] in ("marts", "published")]
    assert len(marts) > 10
    assert all(GRAPH.get(key).freshness_policy for key in marts)


def test_every_dbt_test_is_a_check_and_errors_block() -> None:
    tests = {node["name"]: node for node in manifest()["nodes"].values() if node["resource_type"] == "test"}
    checks = {spec.name: spec for spec in dbt_models.check_specs}
    assert set(tests) - set(checks) == set()
    severities = {name: test["config"]["severity"].lower() for name, test in tests.items()}
    assert all(checks[name].blocking == (severity == "error") for name, severity in severities.items())


def test_a_test_of_several_models_belongs_to_the_one_furthest_downstream() -> None:
    parsed = {
        "nodes": {
            "model.p.ledger": {"name": "ledger", "resource_type": "model", "depends_on": {"nodes": []}},
            "model.p.totals": {"name": "totals", "resource_type": "model", "depends_on": {"nodes": ["model.p.ledger"]}},
            "test.p.balances": {
                "name": "balances",
                "resource_type": "test",
                "depends_on": {"nodes": ["model.p.totals", "model.p.ledger", "source.p.raw.x"]},
                "config": {},
            },
        },
        "parent_map": {"model.p.totals": ["model.p.ledger"], "model.p.ledger": ["source.p.raw.x"]},
    }
    test = attach_singular_tests(parsed)["nodes"]["test.p.balances"]
    assert test["config"]["meta"]["dagster"]["ref"] == {"name": "totals"}


def cpu_seconds() -> float:
    """What the processes started from here have used so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_the_code_location_loads_fast_and_without_the_heavy_libraries() -> None:
    heavy = ("stripe", "hubspot", "dlt", "duckdb")
    program = f"""
import sys
from orchestration.definitions import defs
defs.resolve_all_job_defs()
print([name for name in {heavy!r} if name in sys.modules])
"""
    began = cpu_seconds()
    done = subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert cpu_seconds() - began < LOAD_SECONDS
    assert done.stdout.splitlines()[-1] == "[]"
