"""One dbt build on Spark: where it connects, where its tables lie, and what is left of it afterwards."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit
from uuid import uuid4

from orchestration.environment import environ
from orchestration.lake.place import filesystem
from orchestration.settings import Settings, UserError

# Where a build's own tables lie, in the lake, so that every worker sees them. A catalog in memory forgets its tables
# with the process, so each build begins in an empty folder.
TABLES = "spark_tables"

_MODULES = {"dbt.adapters.spark": "dbt-spark", "pyspark": "pyspark"}


def check_spark(settings: Settings) -> None:
    """The packages and the Java that building on Spark needs are there.

    Raises:
        UserError: which of them is missing, and how to install it.
    """
    if settings.engine != "spark":
        return
    wanted = {**_MODULES, "pyhive": "PyHive"} if settings.spark.startswith("thrift://") else _MODULES
    missing = [package for module, package in wanted.items() if not _is_installed(module)]
    if missing:
        raise UserError(
            f"REVFUNNEL_ENGINE: spark needs {' and '.join(missing)} (optional dependencies `spark` in pyproject.toml); "
            "`make setup-spark` installs them"
        )
    if not settings.spark.startswith(("sc://", "thrift://")) and not _has_java():
        raise UserError(
            "REVFUNNEL_ENGINE: spark needs Java 17 or later on this machine; install it, or set JAVA_HOME, or name a "
            "server in REVFUNNEL_SPARK (sc://host:15002 or thrift://host:10000)"
        )


def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # of a package that it would be in
        return False


def _has_java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=f"{home}/bin" if home else None) is not None


def dbt_target(settings: Settings) -> str:
    """The output of profiles.yml that dbt is to use."""
    if settings.engine != "spark":
        return "duckdb"
    return "spark_thrift" if settings.spark.startswith("thrift://") else "spark"


@contextmanager
def spark_session(settings: Settings) -> Iterator[None]:
    """The environment in which dbt finds Spark; the build's tables are deleted in the end.

    Tables that a server's own catalog keeps are the server's, and stay.
    """
    lake = settings.spark_lake
    build = f"{TABLES}/{uuid4().hex[:12]}"
    files = filesystem(str(settings.lake))
    variables = {"REVFUNNEL_SPARK_LAKE": lake, "REVFUNNEL_SPARK_WAREHOUSE": f"{lake}/{build}"}
    if settings.spark.startswith("sc://"):
        variables["SPARK_REMOTE"] = settings.spark
    elif settings.spark.startswith("thrift://"):
        parts = urlsplit(settings.spark)
        variables |= {
            "REVFUNNEL_SPARK_HOST": str(parts.hostname),
            "REVFUNNEL_SPARK_PORT": str(parts.port or 10_000),
            "REVFUNNEL_SPARK_USER": parts.username or "revfunnel",
        }
    else:
        told = [f"--master {settings.spark}"]
        if settings.spark.startswith("local"):
            # Spark's own 200 are for clusters: here each of them costs more than it carries.
            told.append(f"--conf spark.sql.shuffle.partitions={4 * (os.cpu_count() or 1)}")
        # What the user's own variable asks for comes later, and wins.
        told.append(os.environ.get("PYSPARK_SUBMIT_ARGS", "").removesuffix("pyspark-shell").strip())
        variables["PYSPARK_SUBMIT_ARGS"] = " ".join(filter(None, (*told, "pyspark-shell")))
    try:
        with environ(variables):
            yield
    finally:
        if files.exists(f"{settings.lake}/{build}"):
            files.rm(f"{settings.lake}/{build}", recursive=True)
