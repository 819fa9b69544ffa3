"""`make metrics Q="…"`: MetricFlow on the published copy of the home that the settings name.

dbt and MetricFlow read the environment alone; `.env` is ours, so what it says is put there first.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from orchestration.dbt_manifest import PROFILES_DIR, PROJECT_DIR, ensure_manifest
from orchestration.settings import Settings, UserError, load_settings

METRICFLOW = Path(sys.executable).parent / "mf"  # the one of this environment, whatever PATH says


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `mf` with the arguments, in the project's folder; its exit code, or 1 after one line that says why not."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        settings = load_settings()
        if not settings.published_path.exists():
            raise UserError(f"{settings.published_path} does not exist yet; `make run` writes it")
        ensure_manifest()
    except UserError as error:
        print(f"revfunnel: {error}", file=sys.stderr)
        return 1
    return subprocess.run([METRICFLOW, *given], cwd=PROJECT_DIR, env=environment(settings), check=False).returncode


def environment(settings: Settings) -> Mapping[str, str]:
    """What MetricFlow needs to open the published copy, which it can then neither write nor block."""
    from orchestration.transform import dbt_environment

    return {
        **os.environ,
        **dbt_environment(settings),
        "DBT_PROFILES_DIR": str(PROFILES_DIR),
        "DBT_TARGET": "read_only",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }


if __name__ == "__main__":
    sys.exit(main())
