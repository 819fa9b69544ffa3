"""Who hears what, and when: tags, quiet hours, and configurations that cannot be used."""

from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import apprise
import pytest

from orchestration.alerts.conditions import Level
from orchestration.alerts.routing import Channel, channels, chosen, is_quiet, is_within
from orchestration.alerts.secrecy import without_secrets
from orchestration.settings import Settings, UserError
from tests.python.alerting.events import news, settings

ROUTES = """
version: 1
urls:
  - json://127.0.0.1:9/all
  - json://127.0.0.1:9/errors:
      - tag: error, always
  - json://127.0.0.1:9/finance:
      - tag: Finance
  - json://127.0.0.1:9/weekly:
      - tag: digest
  - json://127.0.0.1:9/warnings:
      - tag: warn
"""


@pytest.fixture
def known(tmp_path: Path) -> list[Channel]:
    file = tmp_path / "alerts.yml"
    file.write_text(ROUTES)
    return channels(Settings(home=tmp_path, alert_config=file))


def hearing(known: list[Channel], kind: str, level: Level, **values: object) -> list[str]:
    """The last part of the URLs of the channels that get it."""
    return [
        channel.service.url().split("?")[0].rsplit("/", 1)[-1] for channel in chosen(news(kind, level, **values), known)
    ]


@pytest.mark.parametrize(
    ("kind", "levels", "owner", "expected"),
    [
        ("broken", (Level.ERROR, Level.ERROR), "revops", ["all", "errors", "warnings"]),
        ("broken", (Level.WARN, Level.WARN), "revops", ["all", "warnings"]),
        ("broken", (Level.WARN, Level.WARN), "finance", ["all", "finance", "warnings"]),
        # Whoever heard of the error hears that it is better, and that it is over.
        ("better", (Level.WARN, Level.ERROR), "finance", ["all", "errors", "finance", "warnings"]),
        ("recovered", (Level.WARN, Level.ERROR), "data", ["all", "errors", "warnings"]),
        ("recovered", (Level.WARN, Level.WARN), "data", ["all", "warnings"]),
        ("digest", (Level.FINE, Level.FINE), "data", ["weekly"]),
    ],
)
def test_tags_say_who_hears(
    known: list[Channel], kind: str, levels: tuple[Level, Level], owner: str, expected: list[str]
) -> None:
    assert hearing(known, kind, levels[0], worst=levels[1], owner=owner) == expected


def test_without_a_digest_channel_all_get_the_digest_but_those_for_errors(known: list[Channel]) -> None:
    others = [channel for channel in known if "digest" not in channel.tags]
    assert hearing(others, "digest", Level.FINE) == ["all", "finance", "warnings"]


def test_a_url_given_twice_is_one_channel_and_its_id_does_not_tell_it(tmp_path: Path) -> None:
    (one,) = channels(settings(tmp_path, "json://127.0.0.1:9/token-a", "json://127.0.0.1:9/token-a"))
    (two,) = channels(settings(tmp_path, "json://127.0.0.1:9/token-b"))
    assert one.id != two.id
    assert one.name == "JSON (channel 1)"
    assert "token" not in f"{one!r} {one.id}"


def test_a_url_that_is_none_is_told_by_its_number(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UserError, match=r"^REVFUNNEL_ALERT_URLS: number 2 is no Apprise URL") as caught:
        channels(settings(tmp_path, "json://127.0.0.1:9/a", "slack://s3cr3t"))
    assert "s3cr3t" not in str(caught.value) + "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("version: 1\nurls:\n  - json://127.0.0.1:9/a\n  - slack://s3cr3t\n", "entries cannot be read"),
        ("version: 1\nurls: []\n", "holds no channel"),
        ("urls: [", "holds no channel"),
        (None, "there is no file"),
    ],
)
def test_a_file_of_which_anything_cannot_be_read_is_refused(tmp_path: Path, text: str | None, problem: str) -> None:
    """Apprise would leave the bad entry out, and its channel would never hear anything."""
    file = tmp_path / "alerts.yml"
    if text is not None:
        file.write_text(text)
    with pytest.raises(UserError, match=f"^REVFUNNEL_ALERT_CONFIG: .*{problem}") as caught:
        channels(Settings(home=tmp_path, alert_config=file))
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "secrets"),
    [
        ("json://user:pa55word@example.com/hook-t0ken?+X-Auth=he4der", ["pa55word", "hook-t0ken", "he4der"]),
        (
            "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/",
            ["T1JJ3T3L2", "A1BRTD4JD", "TIiajkdnlazkcOXrIdevi7FQ"],
        ),
        ("mailto://me:app-pa55@example.com?to=a@example.com", ["app-pa55"]),
    ],
)
def test_nothing_of_a_url_but_the_host_shows_in_an_error(url: str, secrets: list[str]) -> None:
    service = apprise.Apprise.instantiate(url)
    assert service is not None
    told = without_secrets(f"POST {url} failed: {secrets}", service)
    assert not [secret for secret in secrets if secret in told]
    assert without_secrets("Failed to send POST notification: error=503.", service) == (
        "Failed to send POST notification: error=503."
    )


@pytest.mark.parametrize(
    ("moment", "expected"), [("21:59", False), ("22:00", True), ("00:00", True), ("06:59", True), ("07:00", False)]
)
def test_quiet_hours_go_over_midnight(moment: str, expected: bool) -> None:
    assert is_within(time.fromisoformat(moment), time(22), time(7)) == expected
    assert is_within(time.fromisoformat(moment), time(7), time(22)) != expected


@pytest.mark.parametrize(
    ("local", "fold", "utc", "expected"),
    [
        # Clocks in Stockholm go from 02:00 to 03:00 on 29 March 2026 (UTC+1 to UTC+2), back on 25 October.
        ("2026-03-29 01:59", 0, "2026-03-29 00:59", True),
        ("2026-03-29 03:00", 0, "2026-03-29 01:00", False),
        ("2026-10-25 02:30", 0, "2026-10-25 00:30", True),
        ("2026-10-25 02:30", 1, "2026-10-25 01:30", True),
        ("2026-10-25 03:00", 0, "2026-10-25 02:00", False),
    ],
)
def test_quiet_hours_are_those_of_the_clock_on_the_wall(
    tmp_path: Path, local: str, fold: int, utc: str, expected: bool
) -> None:
    here = settings(tmp_path, timezone="Europe/Stockholm", alert_quiet_hours="22:00-03:00")
    now = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert now == datetime.fromisoformat(local).replace(tzinfo=ZoneInfo("Europe/Stockholm"), fold=fold).astimezone(UTC)
    assert is_quiet(here, now) == expected


def test_without_quiet_hours_it_is_never_quiet(tmp_path: Path) -> None:
    assert not is_quiet(settings(tmp_path), datetime(2026, 3, 2, 3, tzinfo=UTC))


def test_urls_may_hold_commas(tmp_path: Path) -> None:
    given = "mailto://me:pw@example.com?to=a@x.com,b@x.com, slack://a/b/c,\njson://host"
    urls = Settings.model_validate({"home": tmp_path, "alert_urls": given}).alert_urls
    assert [url.get_secret_value() for url in urls] == [
        "mailto://me:pw@example.com?to=a@x.com,b@x.com",
        "slack://a/b/c",
        "json://host",
    ]
