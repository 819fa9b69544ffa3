"""The dbt project as Dagster sees it: where it lies, and its parsed manifest.

Parsing takes seconds, so it happens when a file of the project is newer than the manifest and not otherwise:
the code location then loads from the prebuilt `target/manifest.json`.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from orchestration.settings import PROJECT_ROOT, UserError

PROJECT_DIR = PROJECT_ROOT
PROFILES_DIR = PROJECT_DIR / "dbt_project"
TARGET_DIR = PROJECT_DIR / "target"
MANIFEST_PATH = TARGET_DIR / "manifest.json"
DBT_EXECUTABLE = Path(sys.executable).parent / "dbt"  # the one of this environment, whatever PATH says

_SOURCE_FOLDERS = ("dbt_project", "models", "seeds", "tests/dbt")


@cache
def manifest() -> dict[str, Any]:
    """The parsed manifest, built first where it is missing or older than the project's files."""
    ensure_manifest()
    return attach_singular_tests(json.loads(MANIFEST_PATH.read_bytes()))


def attach_singular_tests(parsed: dict[str, Any]) -> dict[str, Any]:
    """Say of every test that reads several models which one it judges: the one furthest downstream.

    dagster-dbt makes a check of a test only where that is known, and asks for it to be written into the test by hand.
    A test that says so (`meta.dagster.ref`) is left as it is.
    """
    for test in parsed["nodes"].values():
        models = [name for name in test["depends_on"].get("nodes", ()) if not name.startswith("source.")]
        if test["resource_type"] != "test" or test.get("attached_node") or len(models) < 2:
            continue
        judged = max(models, key=lambda name: (len(_ancestors(parsed["parent_map"], name)), name))
        told = test["config"].setdefault("meta", {}).setdefault("dagster", {})
        told.setdefault("ref", {"name": parsed["nodes"][judged]["name"]})
    return parsed


def _ancestors(parents: dict[str, list[str]], name: str) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        new = set(parents.get(waiting.pop(), ())) - found
        found |= new
        waiting.extend(new)
    return found


def ensure_manifest() -> None:
    """Parse the dbt project unless `target/manifest.json` is newer than all its files.

    Raises:
        UserError: the project does not parse; the message is dbt's own.
    """
    if not is_stale():
        return
    TARGET_DIR.mkdir(exist_ok=True)
    # Parsed beside and moved into place, because `dagster dev` loads the code location in several processes at once.
    with tempfile.TemporaryDirectory(dir=TARGET_DIR, prefix="parse-") as folder:
        done = subprocess.run(
            [DBT_EXECUTABLE, "--quiet", "parse", "--target-path", folder, "--log-path", folder],
            cwd=PROJECT_DIR,
            env={
                **os.environ,
                "DBT_PROFILES_DIR": str(PROFILES_DIR),
                "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise UserError(f"The dbt project does not parse: {' '.join((done.stdout + done.stderr).split())}")
        # MetricFlow (`mf query`) looks for the semantic manifest in this folder and nowhere else.
        for name in ("partial_parse.msgpack", "semantic_manifest.json", "manifest.json"):
            parsed = Path(folder, name)
            if parsed.exists():
                parsed.replace(TARGET_DIR / name)


def is_stale() -> bool:
    """Whether the manifest is missing, or something in the dbt project was changed after it was written."""
    return not MANIFEST_PATH.exists() or changed_at() > MANIFEST_PATH.stat().st_mtime


def changed_at() -> float:
    """When the dbt project was last changed: the newest of its files, and of its folders, which tell of deletions."""
    return max(path.stat().st_mtime for path in _project_files())


def _project_files() -> Iterator[Path]:
    yield PROJECT_DIR / "dbt_project.yml"
    for folder in _SOURCE_FOLDERS:
        yield PROJECT_DIR / folder
        for path in (PROJECT_DIR / folder).rglob("*"):
            if path.is_dir() or path.suffix in {".sql", ".yml", ".yaml", ".csv", ".md"}:
                yield path


if __name__ == "__main__":
    ensure_manifest()  # `make setup`, so that the first load of the code location finds it prebuilt
