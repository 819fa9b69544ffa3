"""`make report`: write report.html from what is published, and open it where there is a browser."""

import sys
import webbrowser

from orchestration.settings import UserError, load_settings


def main() -> int:
    """Exit code 0, or 1 with one line about the problem."""
    from orchestration.report.page import write_report

    try:
        settings = load_settings()
        write_report(settings.published_path, settings.report_path)
    except UserError as error:
        print(f"revfunnel: {error}", file=sys.stderr)
        return 1
    print(settings.report_path)
    try:
        webbrowser.get()
    except webbrowser.Error:
        return 0  # a server, or a container: the path is what there is to tell
    webbrowser.open(settings.report_path.as_uri())
    return 0


if __name__ == "__main__":
    sys.exit(main())
