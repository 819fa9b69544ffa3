"""The dbt models as Dagster assets, the dbt tests as their checks.

A test of severity error blocks: dbt skips what is downstream of it, the step fails, nothing is published.
"""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any, Self

import dagster as dg
from dagster_dbt import (
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtCliInvocation,
    DbtCliResource,
    DbtProject,
    dbt_assets,
)
from pydantic import PrivateAttr

from orchestration import freshness
from orchestration.checks.seed_rules import check_benchmarks
from orchestration.dbt_manifest import DBT_EXECUTABLE, PROFILES_DIR, PROJECT_DIR, changed_at, manifest
from orchestration.environment import environ
from orchestration.interrupts import interruptible
from orchestration.origin import check_not_sandbox
from orchestration.settings import Settings, UserError, load_settings

# Who answers for the figures of a subject. Change it here, or for one model with `meta: {dagster: {owners: []}}`.
OWNERS = {
    "staging": "team:data",
    "reference": "team:revops",
    "crm": "team:revops",
    "revenue": "team:finance",
    "customers": "team:revops",
    "risk": "team:revops",
    "funnel": "team:revops",
    "product": "team:revops",
    "benchmarks": "team:revops",
}

LOADED_CHANGE = changed_at()
project = DbtProject(project_dir=PROJECT_DIR, profiles_dir=PROFILES_DIR)
END_SECONDS = 5.0  # that dbt gets for ending by itself


class Dbt(DbtCliResource):
    """dbt, which ends with its step, or with the run at the latest.

    Where a run is ended between two events of a step, Dagster drops the step's generator and does not close it.
    """

    _opened: ExitStack = PrivateAttr(default_factory=ExitStack)

    @property
    def opened(self) -> ExitStack:
        """What the step has to leave as it found it."""
        return self._opened

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Self]:
        with super().yield_for_execution(context) as resource, self._opened:
            yield resource


dbt = Dbt(project_dir=str(PROJECT_DIR), profiles_dir=str(PROFILES_DIR), dbt_executable=str(DBT_EXECUTABLE))


class Translator(DagsterDbtTranslator):
    """dbt resources in Dagster's terms: the folder is the group, the group has an owner."""

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        """Marts carry a freshness policy; what they are made of does not need one."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        return spec.replace_attributes(freshness_policy=freshness.DAILY) if spec.key.path[0] == "marts" else spec

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """`models/staging/...` -> staging, `models/marts/revenue/...` -> revenue, seeds -> reference."""
        if dbt_resource_props["resource_type"] == "seed":
            return "reference"
        _, layer, *folders, _ = PurePosixPath(dbt_resource_props["original_file_path"]).parts
        return layer if layer == "staging" or not folders else folders[0]

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str] | None:
        named = super().get_owners(dbt_resource_props)
        if named or dbt_resource_props["resource_type"] == "source":
            return list(named) if named else None
        return [OWNERS.get(str(self.get_group_name(dbt_resource_props)), "team:data")]

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The YAML's description. The SQL itself is one click away (code references), not pasted under it."""
        return dbt_resource_props.get("description") or f"dbt {dbt_resource_props['resource_type']}"

    def get_asset_check_spec(
        self, asset_spec: dg.AssetSpec, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetCheckSpec | None:
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        test = manifest["nodes"][unique_id]
        description = test.get("description") or _grain(test.get("test_metadata") or {})
        return spec._replace(description=description) if spec and description else spec


def _grain(metadata: Mapping[str, Any]) -> str:
    """What a grain test says, in words; empty for other tests."""
    if metadata.get("name") != "unique_combination":
        return ""
    arguments = metadata["kwargs"]
    never_empty = f"; never empty: {', '.join(arguments['not_null'])}" if arguments.get("not_null") else ""
    return f"One row for each {', '.join(arguments['combination_of'])}{never_empty}."


class BuildConfig(dg.Config):
    """What one run may ask of the models. `close_through`: YYYY-MM, the month to close with all before it."""

    close_through: str = ""


@dbt_assets(
    manifest=manifest(),
    project=project,
    dagster_dbt_translator=Translator(DagsterDbtTranslatorSettings(enable_code_references=True)),
    name="dbt_models",
    pool="warehouse",
)
def dbt_models(context: dg.AssetExecutionContext, dbt: Dbt, config: BuildConfig) -> Iterator[Any]:
    """`dbt build`: seeds, models and tests in dependency order, as one step."""
    if changed_at() != LOADED_CHANGE:
        raise dg.Failure(
            "The dbt project has changed since Dagster loaded it; reload the code location (or run again)",
        )
    settings = load_settings()
    try:
        check_not_sandbox(settings)
        check_benchmarks()
    except UserError as error:
        raise dg.Failure("\n".join(error.lines)) from None
    asked = {"REVFUNNEL_CLOSE_THROUGH": config.close_through}
    try:
        with interruptible(), dbt.opened:
            if settings.engine == "spark":
                yield from _build_on_spark(context, dbt, settings, asked)
            else:
                arguments = ["build"] if settings.incremental_models else ["build", "--full-refresh"]
                # One folder, not one a run: it takes 20 MB, and dbt parses less when it finds the last run's there.
                with environ({**dbt_environment(settings), **asked}):
                    invocation = dbt.cli(arguments, context=context, target_path=settings.home / "dbt")
                yield from _told(invocation, dbt)
    except UserError as error:
        raise dg.Failure("\n".join(error.lines)) from None


def _build_on_spark(
    context: dg.AssetExecutionContext, dbt: Dbt, settings: Settings, asked: Mapping[str, str]
) -> Iterator[Any]:
    """The same build on Spark, whose marts then stand in the warehouse as if DuckDB had built them."""
    from orchestration.spark.build import check_spark, dbt_target, spark_session
    from orchestration.spark.tables import bring_back, hand_over_closings

    if context.is_subset:
        raise UserError("Spark keeps no tables between builds, so it builds all models or none: select all of them")
    check_spark(settings)
    nodes = manifest()["nodes"]
    if added := {name: rows for name, rows in hand_over_closings(nodes, settings).items() if rows}:
        context.log.info(f"Closed months handed over to the lake: {added}")
    dbt.opened.enter_context(spark_session(settings))
    with environ({**dbt_environment(settings), **asked}):
        # Unit tests have inputs of their own: they say nothing about this account.
        arguments = ["build", "--exclude-resource-type", "unit_test", "--target", dbt_target(settings)]
        invocation = dbt.cli(arguments, context=context, target_path=settings.home / "dbt-spark")
    yield from _told(invocation, dbt)
    context.log.info(f"Rows brought back from Spark: {sum(bring_back(nodes, settings).values())}")


def _told(invocation: DbtCliInvocation, dbt: Dbt) -> Iterator[Any]:
    """What dbt tells of its build, as Dagster's events. If the step ends before it, dbt must not go on writing."""
    invocation.termination_timeout_seconds = END_SECONDS
    dbt.opened.enter_context(ending(invocation.process))
    yield from invocation.stream()


@contextmanager
def ending(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """A process that is still there on leaving is ended. DuckDB undoes what it has not committed."""
    try:
        yield
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def dbt_environment(settings: Settings) -> dict[str, str]:
    """What the models read through `env_var`. `REVFUNNEL_AS_OF` is always set, so that one run has one "now"."""
    as_of = settings.as_of or datetime.now(UTC)
    return {
        "REVFUNNEL_HOME": str(settings.home.resolve()),
        "REVFUNNEL_AS_OF": as_of.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "REVFUNNEL_CURRENCY": settings.currency,
        "REVFUNNEL_TIMEZONE": settings.timezone,
        "REVFUNNEL_DESTINATION": settings.destination,
        "REVFUNNEL_MEMORY": settings.memory or f"{_dbt_megabytes()}m",
        "REVFUNNEL_SPARK_MEMORY": settings.spark_memory,
    }


def _dbt_megabytes() -> int:
    physical = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 1_000_000
    return min(7_000, physical * 6 // 10)
