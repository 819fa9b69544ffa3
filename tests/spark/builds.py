"""Runs of the whole pipeline, and builds of the models alone, with either engine on one lake."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from orchestration.dbt_manifest import DBT_EXECUTABLE, PROFILES_DIR
from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.spark.build import dbt_target, spark_session
from orchestration.transform import dbt_environment

# Two hundred partitions, Spark's own default, are for more than a test's few rows. One process a worker has one core.
SMALL = (
    "--conf spark.sql.shuffle.partitions=4 --conf spark.driver.host=127.0.0.1 --conf spark.driver.bindAddress=127.0.0.1"
)


def run(module: str, *arguments: str, home: Path, lake: Path, engine: str) -> None:
    """A command of the project, as the Makefile calls it. Fails with what it printed if it fails."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=PROJECT_ROOT,
        env={**os.environ, **_variables(home, lake), "REVFUNNEL_ENGINE": engine, "REVFUNNEL_SPARK": "local[2]"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-4_000:]


def dbt_on_spark(
    settings: Settings,
    *arguments: str,
    on_line: Callable[[str], None] | None = None,
    extra: Mapping[str, str] | None = None,
) -> None:
    """A dbt command on the Spark that the settings name. `on_line` gets every line that dbt prints."""
    with spark_session(settings):
        environment = {
            **os.environ,
            **dbt_environment(settings),
            **(extra or {}),
            "DBT_PROFILES_DIR": str(PROFILES_DIR),
            "PYSPARK_SUBMIT_ARGS": f"{SMALL} {os.environ.get('PYSPARK_SUBMIT_ARGS', 'pyspark-shell')}",
        }
        folder = settings.home / "dbt-spark"
        process = subprocess.Popen(
            [str(DBT_EXECUTABLE), *arguments, "--target", dbt_target(settings), "--target-path", str(folder),
             "--log-path", str(folder)],
            cwd=PROJECT_ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        lines = []
        assert process.stdout
        for line in process.stdout:
            lines.append(line)
            if on_line:
                on_line(line)
        assert process.wait() == 0, "".join(lines[-60:])


def _variables(home: Path, lake: Path) -> dict[str, str]:
    return {
        "REVFUNNEL_HOME": str(home),
        "REVFUNNEL_DESTINATION": str(lake),
        "PYSPARK_SUBMIT_ARGS": f"{SMALL} pyspark-shell",
    }
