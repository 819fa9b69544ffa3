"""`make screenshots-bi`: the four dashboards as people see them, into docs/, of what REVFUNNEL_HOME has published."""

from __future__ import annotations

import base64
import sys
from pathlib import Path
from time import sleep

from dashboards.serve import installation
from orchestration.settings import PROJECT_ROOT, UserError
from tests.bi.dashboards import Session, layouts, show, sign_in
from tests.chromium import open_chromium, required_chromium

PORT = 8089  # beside a `make bi` that is running
MOVING_SECONDS = 2  # charts grow into place


def main(folder: Path = PROJECT_ROOT / "docs") -> int:
    """Exit code 0, or 1 with one line about the problem."""
    try:
        executable = required_chromium()
        superset = installation()
        superset.prepare()
        with superset.running(PORT) as address, open_chromium(executable) as page:
            session = Session(address, superset.password)
            sign_in(page, session)
            for slug, layout in layouts().items():
                for error in show(page, session, layout).errors:
                    raise UserError(f"{slug}: {error}")
                sleep(MOVING_SECONDS)
                # What the window shows: beyond it, Superset has drawn nothing.
                picture = page.command("Page.captureScreenshot", format="png")["data"]
                target = folder / f"dashboard-{slug}.png"
                target.write_bytes(base64.b64decode(picture))
                print(target)
    except UserError as error:
        print(f"revfunnel: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
