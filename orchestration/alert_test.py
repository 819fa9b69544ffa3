"""`make alert-test`: send a test message to every channel that is configured, and say which took it."""

import sys
from datetime import UTC, datetime

from orchestration.settings import UserError, load_settings


def main() -> int:
    """Exit code 0 if every channel took the message."""
    from orchestration.alerts.conditions import Level
    from orchestration.alerts.delivery import send
    from orchestration.alerts.news import News
    from orchestration.alerts.outbox import Waiting
    from orchestration.alerts.routing import channels

    try:
        settings = load_settings()
        known = channels(settings)
        if not known:
            raise UserError(
                "no channel is configured: set REVFUNNEL_ALERT_URLS in .env to one or more Apprise URLs "
                "(slack://..., msteams://..., mailto://..., pagerduty://..., json://host/path for a webhook)"
            )
    except UserError as error:
        print(f"revfunnel: {error}", file=sys.stderr)
        return 1
    now = datetime.now(UTC)
    words = "A test. What breaks, what is still broken after a week and what is well again will come here."
    news = News(0, now, "test", "test", Level.FINE, "data", "test message", words, now)
    failed = 0
    for channel in known:
        error = send(channel, [Waiting(news)], settings.timezone)
        tags = f" [{', '.join(sorted(channel.tags))}]" if channel.tags else ""
        print(f"{'failed' if error else 'sent':<6}  {channel.name}{tags}{f': {error}' if error else ''}")
        failed += bool(error)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
