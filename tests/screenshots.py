"""`make screenshots`: the report as people see it, on a desktop, on a phone and in the dark, into docs/.

Of the report that `make run` has written, from its top to below the funnel.
"""

from __future__ import annotations

import sys
from pathlib import Path

from orchestration.settings import PROJECT_ROOT, UserError, load_settings
from tests.chromium import open_chromium, required_chromium

PIXELS = 4_000
SHOTS = {
    "report-desktop.png": {"width": 1280, "height": 800},
    "report-dark.png": {"width": 1280, "height": 800, "is_dark": True},
    "report-phone.png": {"width": 390, "height": 844, "is_phone": True},
}


def main(folder: Path = PROJECT_ROOT / "docs") -> int:
    """Exit code 0, or 1 with one line about the problem."""
    try:
        report = load_settings().report_path
        executable = required_chromium()
        if not report.exists():
            raise UserError(f"{report} does not exist yet; `make run` writes it.")
    except UserError as error:
        print(f"revfunnel: {error}", file=sys.stderr)
        return 1
    with open_chromium(executable) as page:
        for name, options in SHOTS.items():
            page.show(report.as_uri(), **options)
            page.wait_for("'drawn' in document.documentElement.dataset || !document.getElementById('drawing')")
            page.screenshot(folder / name, at_most=PIXELS)
            print(folder / name)
            if page.problems:
                print(f"revfunnel: {'; '.join(page.problems)}", file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
