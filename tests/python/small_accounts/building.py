"""A warehouse over a small account: raw tables straight from its objects, then the revenue models."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.dbt_manifest import DBT_EXECUTABLE, PROFILES_DIR, PROJECT_DIR
from tests.python.rule_cases.objects import AS_OF, RESOURCES, Book
from tests.raw_tables import FILES, HUBSPOT, open_warehouse, write_folder

Row = dict[str, Any]

REVENUE = ("fct_mrr_movements", "fct_mrr_changes", "nrr_monthly", "fct_company_mrr_movements")
SYNCED_AT = datetime.fromisoformat("2026-03-15T06:00:00+00:00")


def write_account(book: Book, folder: Path) -> None:
    """The book's objects as a folder, HubSpot's records too where it has any."""
    streams = {name: book.objects.pop(name) for name in [*book.objects] if name not in RESOURCES}
    book.write(folder)
    for name, rows in streams.items():
        source = "hubspot" if name in HUBSPOT else "stripe"
        (folder / source / f"{FILES.get(name, name)}.ndjson").write_text(
            "".join(json.dumps(row) + "\n" for row in rows)
        )


def land(folder: Path, home: Path) -> None:
    """Raw tables as one sync on the morning of `AS_OF` leaves them."""
    with open_warehouse(home / "warehouse.duckdb") as connection:
        write_folder(connection, folder, SYNCED_AT)


def dbt(
    home: Path, *command: str, policies: Mapping[str, Any] | None = None, as_of: str = AS_OF, zone: str = "UTC"
) -> subprocess.CompletedProcess[str]:
    """Run dbt on the warehouse of `home`, with other policies than those of dbt_project.yml where some are given."""
    return subprocess.run(
        [
            *(str(DBT_EXECUTABLE), "--quiet", "--log-level-file", "none", *command),
            *("--target-path", str(home / "target"), "--vars", json.dumps(dict(policies or {}))),
        ],
        cwd=PROJECT_DIR,
        env=os.environ
        | {
            "REVFUNNEL_HOME": str(home),
            "REVFUNNEL_AS_OF": as_of,
            "REVFUNNEL_CURRENCY": "usd",
            "REVFUNNEL_TIMEZONE": zone,
            "DBT_PROFILES_DIR": str(PROFILES_DIR),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        },
        capture_output=True,
        text=True,
        check=False,
    )


def build(
    home: Path, policies: Mapping[str, Any] | None = None, models: Sequence[str] = REVENUE, zone: str = "UTC"
) -> None:
    """The revenue models (or others) and their tests: a blocking one that fails fails the build."""
    selection = ("--select", *(f"+{model}" for model in models), "--indirect-selection", "cautious")
    done = dbt(home, "build", *selection, "--exclude-resource-type", "unit_test", policies=policies, zone=zone)
    assert done.returncode == 0, done.stdout + done.stderr


def rows(home: Path, query: str) -> list[Row]:
    """What the warehouse of `home` answers."""
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        found = connection.execute(query)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
