"""Messages on a real webhook, through Apprise: exactly one, later if it was down, and no secret in an error."""

import base64
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration.alert_test import test as send_test
from orchestration.alerts import delivery, digest
from orchestration.alerts.conditions import Level
from orchestration.alerts.delivery import deliver
from orchestration.alerts.digest import last_due, write_digest
from orchestration.alerts.memory import observe, remind
from orchestration.alerts.outbox import stuck, take
from orchestration.alerts.store import Store
from orchestration.settings import Settings, UserError
from tests.python.alerting.events import START, at, check, settings
from tests.python.alerting.webhook import Webhook, listening

FINE, WARN, ERROR = Level.FINE, Level.WARN, Level.ERROR


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with listening() as webhook:
        yield webhook


@pytest.fixture
def here(tmp_path: Path, webhook: Webhook) -> Settings:
    home = tmp_path / "a home with blanks"
    home.mkdir()
    return settings(home, webhook.url)


@pytest.fixture
def store(here: Settings) -> Store:
    return Store(here)


def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def tell(store: Store, here: Settings, level: Level, now: datetime, *names: str) -> list[str]:
    """Observe some checks and deliver; gives what was logged."""
    log: list[str] = []
    observe(store, [check(level, now, name) for name in names or ["win_rate"]], now)
    deliver(store, here, log.append, now)
    return log


def test_broken_again_broken_and_recovered_are_one_message_none_and_one(
    store: Store, here: Settings, webhook: Webhook
) -> None:
    assert tell(store, here, ERROR, START, "win_rate", "churn") == []
    (first,) = webhook.messages
    assert (first["title"], first["type"]) == ("revfunnel: 2 broken", "failure")
    assert (
        "BROKEN: win_rate on results (error, revops, since 2026-03-02 09:00 UTC)\nfail: 12 % in 2026-02"
        in (first["message"])
    )
    tell(store, here, ERROR, at(days=1), "win_rate", "churn")
    assert len(webhook.messages) == 1
    tell(store, here, FINE, at(days=2), "win_rate")
    assert webhook.messages[1]["title"] == "revfunnel: win_rate on results recovered"
    assert webhook.messages[1]["type"] == "info"  # something is broken still: no incident may be closed
    tell(store, here, FINE, at(days=3), "churn")
    assert [message["type"] for message in webhook.messages[2:]] == ["success"]


def test_a_reminder_comes_after_a_week(store: Store, here: Settings, webhook: Webhook) -> None:
    tell(store, here, WARN, START)
    remind(store, at(days=7))
    deliver(store, here, print, at(days=7))
    assert webhook.messages[1]["message"].startswith("STILL BROKEN: win_rate on results (warning, revops")
    assert webhook.messages[1]["type"] == "warning"


@pytest.mark.parametrize("way", ["refuses", "is away"])
def test_a_webhook_that_is_down_for_three_tries_gets_it_later_once(
    store: Store, here: Settings, webhook: Webhook, way: str
) -> None:
    if way == "is away":
        webhook.close()
    webhook.status = 500
    now, log = START, tell(store, here, ERROR, START)
    for attempt in (1, 2, 3):
        assert len(log) == attempt
        (found,) = stuck(store)
        assert (found.waiting, found.attempts) == (1, attempt)
        assert deliver(store, here, log.append, now + timedelta(seconds=5)) == 0  # not due yet: it is not even tried
        now += timedelta(minutes=10)
        if attempt < 3:
            assert deliver(store, here, log.append, now) == 0
    assert webhook.tries == (0 if way == "is away" else 3)
    if way == "is away":
        webhook.open()
    webhook.status = 200
    restarted = Store(here)
    assert deliver(restarted, here, log.append, now) == 1
    assert deliver(restarted, here, log.append, now + timedelta(days=1)) == 0
    assert [message["title"] for message in webhook.messages] == ["revfunnel: win_rate on results broken"]
    assert "you may have this already" not in webhook.texts[0]
    assert len(log) == 3 and stuck(store) == []


def test_a_channel_that_is_down_does_not_hold_up_another(tmp_path: Path, webhook: Webhook) -> None:
    here = settings(tmp_path, "json://127.0.0.1:9/nobody-listens", webhook.url)
    log = tell(Store(here), here, ERROR, START)
    assert len(webhook.messages) == 1
    assert len(log) == 1 and log[0].startswith("JSON (channel 1) did not take 1 alert(s): ")


def test_a_process_that_died_while_sending_is_made_up_for_and_the_message_says_so(
    store: Store, here: Settings, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    observe(store, [check(ERROR)], START)
    monkeypatch.setattr(delivery, "send", _killed)
    with pytest.raises(KeyboardInterrupt):
        deliver(store, here, print, START)
    monkeypatch.undo()
    deliver(Store(here), here, print, at(minutes=1))  # it may be sending still
    assert webhook.messages == []
    deliver(Store(here), here, print, at(minutes=5))
    assert "you may have this already" in webhook.texts[0]
    deliver(Store(here), here, print, at(minutes=10))
    assert len(webhook.messages) == 1


def test_quiet_hours_hold_back_until_their_end(tmp_path: Path, webhook: Webhook) -> None:
    here = Settings.model_validate({"home": tmp_path, "alert_urls": webhook.url, "alert_quiet_hours": "22:00-07:00"})
    store, night = Store(here), datetime(2026, 3, 2, 23, tzinfo=UTC)
    tell(store, here, ERROR, night)
    tell(store, here, FINE, night + timedelta(hours=4))
    assert webhook.messages == []
    assert deliver(store, here, print, night + timedelta(hours=8)) == 1
    assert webhook.messages[0]["title"] == "revfunnel: 1 broken, 1 recovered"


def test_where_only_cron_runs_within_quiet_hours_the_news_comes_a_day_later(tmp_path: Path, webhook: Webhook) -> None:
    here = Settings.model_validate({"home": tmp_path, "alert_urls": webhook.url, "alert_quiet_hours": "22:00-07:00"})
    store, night = Store(here), datetime(2026, 3, 3, 5, tzinfo=UTC)
    tell(store, here, ERROR, night)
    assert webhook.messages == []
    tell(store, here, ERROR, night + timedelta(days=1))
    assert len(webhook.messages) == 1


def test_an_error_tells_nothing_of_the_url(tmp_path: Path, webhook: Webhook, caplog: pytest.LogCaptureFixture) -> None:
    here = settings(tmp_path, f"json://me:pa55word@127.0.0.1:{webhook.port}/t0ken?+X-Key=he4der")
    store, webhook.status = Store(here), 403
    with caplog.at_level(logging.INFO):
        (line,) = tell(store, here, ERROR, START)
    assert line.startswith("JSON (channel 1) did not take 1 alert(s): Failed to send JSON POST notification")
    assert "403" in line
    kept = (here.dagster_home / "alerts.sqlite").read_bytes().decode("latin-1")
    for secret in ("pa55word", "t0ken", "he4der"):
        assert secret not in line + caplog.text + kept


def test_a_wrong_url_loses_nothing(tmp_path: Path, webhook: Webhook) -> None:
    wrong, store = settings(tmp_path, "slack://nonsense"), Store(settings(tmp_path))
    with pytest.raises(UserError):
        tell(store, wrong, ERROR, START)
    tell(store, settings(tmp_path, webhook.url), ERROR, at(hours=1))
    assert len(webhook.messages) == 1


def test_what_a_channel_that_is_gone_did_not_take_comes_to_the_one_in_its_place(
    tmp_path: Path, webhook: Webhook
) -> None:
    away, there = settings(tmp_path, "json://127.0.0.1:9/typo"), settings(tmp_path, webhook.url)
    store = Store(away)
    tell(store, away, ERROR, START)
    deliver(store, there, print, at(minutes=1))
    assert len(webhook.messages) == 1


@pytest.fixture
def published(here: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home with something published, and a first look at the digest."""
    here.published_path.write_bytes(b"")
    monkeypatch.setattr(digest, "headline", lambda _: "MRR 1,234")
    write_digest(Store(here), here, START)  # a Monday at 09:00: the first is due next Monday at 08:00
    return here


def test_the_digest_comes_weekly_with_the_report(published: Settings, store: Store, webhook: Webhook) -> None:
    published.report_path.write_text("<html>the report</html>")
    tell(store, published, ERROR, START)
    assert not write_digest(store, published, at(days=6, hours=22, minutes=59))
    assert write_digest(store, published, at(days=6, hours=23))
    assert not write_digest(Store(published), published, at(days=6, hours=23, minutes=1))
    deliver(store, published, print, at(days=6, hours=23, minutes=1))
    message = webhook.messages[1]
    assert message["title"] == "revfunnel: week to 2026-03-09"
    assert "MRR 1,234" in message["message"]
    assert "Broken now (1):\n- win_rate on results (error, revops, since 2026-03-02 09:00 UTC)" in message["message"]
    (attached,) = message["attachments"]
    assert attached["filename"] == "report.html"
    assert base64.b64decode(attached["base64"]) == b"<html>the report</html>"


def test_a_digest_that_was_missed_is_made_up_for_once(published: Settings, store: Store, webhook: Webhook) -> None:
    assert write_digest(store, published, at(days=30))  # three Mondays were missed
    assert not write_digest(store, published, at(days=30, minutes=1))
    deliver(store, published, print, at(days=30))
    assert [message["title"] for message in webhook.messages] == ["revfunnel: week to 2026-03-30"]
    assert "Nothing is broken." in webhook.texts[0] and "no report.html to attach" in webhook.texts[0]


def test_a_report_that_is_gone_when_the_digest_is_sent_does_not_stop_it(
    published: Settings, store: Store, webhook: Webhook
) -> None:
    published.report_path.write_text("x")
    write_digest(store, published, at(days=7))
    published.report_path.unlink()
    assert deliver(store, published, print, at(days=7)) == 1
    assert webhook.messages[0]["attachments"] == []


def test_an_attachment_is_left_out_after_two_refusals(published: Settings, store: Store, webhook: Webhook) -> None:
    published.report_path.write_text("x")
    write_digest(store, published, at(days=7))
    webhook.status = 413
    for minutes in (0, 10):
        deliver(store, published, print, at(days=7, minutes=minutes))
    webhook.status = 200
    deliver(store, published, print, at(days=7, minutes=20))
    assert webhook.messages[0]["attachments"] == []
    assert "MRR 1,234" in webhook.texts[0]


def test_a_published_file_that_cannot_be_read_is_what_the_digest_says(here: Settings, webhook: Webhook) -> None:
    store = Store(here)
    duckdb.connect(str(here.published_path)).close()
    write_digest(store, here, START)
    assert write_digest(store, here, at(days=7))
    deliver(store, here, print, at(days=7))
    assert "published.duckdb has no table marts.meta" in webhook.texts[0]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        # Monday 08:00 in Stockholm is 07:00 UTC until 29 March 2026 and 06:00 UTC from then on.
        ("2026-03-23 06:59", "2026-03-16 07:00"),
        ("2026-03-23 07:00", "2026-03-23 07:00"),
        ("2026-03-30 05:59", "2026-03-23 07:00"),
        ("2026-03-30 06:00", "2026-03-30 06:00"),
    ],
)
def test_the_digest_is_due_by_the_clock_on_the_wall(tmp_path: Path, now: str, expected: str) -> None:
    here = settings(tmp_path, timezone="Europe/Stockholm")
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert last_due(here, moment) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_never_means_no_digest(tmp_path: Path) -> None:
    here = Settings.model_validate({"home": tmp_path, "alert_digest": "never"})
    assert last_due(here, START) is None


def test_the_test_command_says_which_channel_took_the_message(tmp_path: Path, webhook: Webhook) -> None:
    file = tmp_path / "alerts.yml"
    file.write_text(f"urls:\n  - {webhook.url}:\n      - tag: error, always\n")
    here = settings(tmp_path, webhook.url, "json://127.0.0.1:9/nobody-listens", alert_config=file)
    said: list[str] = []
    assert send_test(here, said.append) == 1
    assert said == [
        "sent    JSON (channel 1)",
        "failed  JSON (channel 2): A Connection error occurred sending JSON notification to 127.0.0.1",
        "sent    JSON (channel 3) [always, error]",
    ]
    assert [message["title"] for message in webhook.messages] == ["revfunnel: test message"] * 2
    assert take(Store(here), "any", START) == []  # a test leaves no news behind


def test_the_test_command_finds_a_channel_that_hears_nothing(tmp_path: Path, webhook: Webhook) -> None:
    file = tmp_path / "alerts.yml"
    file.write_text(f"urls:\n  - {webhook.url}:\n      - tag: marketing\n")
    said: list[str] = []
    assert send_test(settings(tmp_path, alert_config=file), said.append) == 1
    assert said[0].startswith("failed  JSON (channel 1) [marketing]: took the message, but hears nothing")
    assert said[0].endswith("the teams are data, finance, revops")


def test_the_test_command_without_a_channel_says_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"^no channel is configured: set REVFUNNEL_ALERT_URLS"):
        send_test(settings(tmp_path), print)
