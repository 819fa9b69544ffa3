"""The models of a home as far as closing needs them, built with dbt alone: seconds instead of a whole run."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.dbt_manifest import DBT_EXECUTABLE, PROFILES_DIR, PROJECT_DIR, TARGET_DIR, ensure_manifest

# The closing, what it is made of, and the tests that stand in tests/dbt.
CLOSING = "+int_close_runs"
RECOMPUTED = "int_months+,+int_close_runs"  # the same from the months on: what items are worth is taken as it stands
LEFT_OUT = ["--exclude", "test_type:generic", "test_type:unit"]

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Built:
    """What a build came to: the names of the tests that failed or warned."""

    failed: set[str]
    warned: set[str]


class Models:
    """The warehouse of a home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._target = home / "dbt"
        self._target.mkdir()
        ensure_manifest()
        shutil.copy(TARGET_DIR / "partial_parse.msgpack", self._target)  # or dbt would parse the project anew

    def build(self, as_of: str, *options: str, select: str = CLOSING) -> Built:
        """`dbt build`; a model that fails fails the test."""
        selection = ["--select", *select.split(), "--indirect-selection", "cautious"]
        done = subprocess.run(
            [DBT_EXECUTABLE, "build", *selection, *LEFT_OUT, "--target-path", self._target, *options],
            cwd=PROJECT_DIR,
            env={
                **os.environ,
                "DBT_PROFILES_DIR": str(PROFILES_DIR),
                "DBT_LOG_PATH": str(self._target),
                "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
                "REVFUNNEL_HOME": str(self.home),
                "REVFUNNEL_AS_OF": as_of,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        results = json.loads((self._target / "run_results.json").read_text())["results"]
        told = {status: {one["unique_id"] for one in results if one["status"] == status} for status in ("fail", "warn")}
        assert not [one for one in results if one["status"] == "error"], done.stdout
        return Built(*({name.split(".")[2] for name in told[status]} for status in ("fail", "warn")))

    def rows(self, query: str) -> list[Row]:
        """The result of a query."""
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def write(self, statement: str) -> None:
        """Change the warehouse by hand."""
        with duckdb.connect(str(self.home / "warehouse.duckdb")) as connection:
            connection.execute(statement)
