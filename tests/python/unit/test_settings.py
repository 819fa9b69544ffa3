"""The environment contract: what is read, what is refused, and with which line."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestration.settings import PROJECT_ROOT, Settings, SettingsError, load_settings, misspelt, variable

NAMES = [str(field.validation_alias or variable(name)) for name, field in Settings.model_fields.items()]


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REVFUNNEL_HOME", str(tmp_path / "home"))


def load(env_file: Path | None = None) -> Settings:
    """Settings of the test's environment; a developer's own `.env` plays no part."""
    return load_settings(env_file)


def test_nothing_set_means_sandbox_and_defaults(tmp_path: Path) -> None:
    settings = load()
    assert settings.uses_sandbox
    assert (settings.currency, settings.timezone, settings.as_of) == ("usd", "UTC", None)
    assert settings.warehouse_path == tmp_path / "home" / "warehouse.duckdb"
    assert settings.home.is_dir()


def test_a_relative_home_is_meant_from_the_project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert Settings(home=Path("data")).home == PROJECT_ROOT / "data"


def test_variables_that_are_not_ours_are_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """HOME is set on every machine and is no place for a warehouse."""
    monkeypatch.delenv("REVFUNNEL_HOME")
    for name, value in {
        "HOME": str(tmp_path),
        "CURRENCY": "sek",
        "TIMEZONE": "Asia/Tokyo",
        "AS_OF": "2020-01-01",
    }.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert (settings.home, settings.currency, settings.timezone) == (PROJECT_ROOT / "data", "usd", "UTC")
    assert settings.as_of is None


def test_the_environment_goes_before_the_env_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("REVFUNNEL_CURRENCY=SEK\nREVFUNNEL_TIMEZONE=Europe/Stockholm\nSTRIPE_API_KEY=\n")
    monkeypatch.setenv("REVFUNNEL_CURRENCY", "eur")
    settings = load(tmp_path / ".env")
    assert (settings.currency, settings.timezone, settings.uses_sandbox) == ("eur", "Europe/Stockholm", True)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-15T12:00:00Z", datetime(2026, 3, 15, 12, tzinfo=UTC)),
        ("2026-03-15T12:00:00+02:00", datetime(2026, 3, 15, 10, tzinfo=UTC)),
        ("2026-03-15T12:00:00", datetime(2026, 3, 15, 12, tzinfo=UTC)),
        ("2026-03-15", datetime(2026, 3, 15, tzinfo=UTC)),
    ],
)
def test_as_of_is_utc(monkeypatch: pytest.MonkeyPatch, text: str, moment: datetime) -> None:
    monkeypatch.setenv("REVFUNNEL_AS_OF", text)
    assert load().as_of == moment


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("REVFUNNEL_AS_OF", "15/03/2026", "REVFUNNEL_AS_OF: '15/03/2026' is not an ISO 8601 date"),
        ("REVFUNNEL_AS_OF", "2026", "REVFUNNEL_AS_OF: '2026' is not an ISO 8601 date"),
        ("REVFUNNEL_CURRENCY", "euro", "REVFUNNEL_CURRENCY: 'euro' is not a three-letter currency code"),
        ("REVFUNNEL_TIMEZONE", "Europe", "REVFUNNEL_TIMEZONE: 'Europe' is not a time zone"),
        ("REVFUNNEL_TIMEZONE", "Mars/Base", "REVFUNNEL_TIMEZONE: 'Mars/Base' is not a time zone"),
        ("STRIPE_API_BASE", "localhost:80", "STRIPE_API_BASE: is not an address like"),
        ("HUBSPOT_API_BASE", "http://", "HUBSPOT_API_BASE: is not an address like"),
        (
            "REVFUNNEL_DESTINATION",
            "ftp://host/x",
            "REVFUNNEL_DESTINATION: ftp:// is not supported; use duckdb, a folder",
        ),
        ("REVFUNNEL_DESTINATION", "s3://", "REVFUNNEL_DESTINATION: 's3:' lacks a slash"),
        ("REVFUNNEL_DESTINATION", "s3:/bucket", "REVFUNNEL_DESTINATION: 's3:/bucket' lacks a slash"),
        ("REVFUNNEL_DESTINATION", "s3:///folder", "REVFUNNEL_DESTINATION: names no bucket"),
        ("REVFUNNEL_DESTINATION", "s3://key:secret@bucket/x", "REVFUNNEL_DESTINATION: must not hold a user name"),
        ("REVFUNNEL_DESTINATION", "lake/*", "REVFUNNEL_DESTINATION: must not hold any of"),
        ("HUBSPOT_API_BASE", "http://me:pw@host", "HUBSPOT_API_BASE: must not hold a user name"),
        ("REVFUNNEL_PUBLISH_PARQUET", "maybe", "REVFUNNEL_PUBLISH_PARQUET: is neither true nor false"),
        ("STRIPE_MAX_RPS", "fast", "STRIPE_MAX_RPS: is no number"),
    ],
)
def test_a_bad_value_is_one_line(monkeypatch: pytest.MonkeyPatch, name: str, value: str, line: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load()
    assert str(caught.value).startswith(line)
    assert "\n" not in str(caught.value)


def test_a_variable_that_is_almost_ours_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One letter off, it would be ignored, and the account reported in dollars. Others' variables are none of ours."""
    file = tmp_path / ".env"
    file.write_text("# REVFUNNEL_HOMES=x\nREVFUNNEL_TIMEZONE=UTC\nexport REVFUNNEL_TIME_ZONE=Asia/Tokyo\n")
    for name in ("REVFUNNEL_CURENCY", "REVFUNNEL_SPARK_HOST", "REVFUNNEL_IMAGE", "STRIPE_WEBHOOK_SECRET"):
        monkeypatch.setenv(name, "eur")
    assert misspelt(file) == (
        "REVFUNNEL_CURENCY means nothing here; is REVFUNNEL_CURRENCY meant?",
        "REVFUNNEL_TIME_ZONE means nothing here; is REVFUNNEL_TIMEZONE meant?",
    )
    assert misspelt(tmp_path / "none") == ("REVFUNNEL_CURENCY means nothing here; is REVFUNNEL_CURRENCY meant?",)


@pytest.mark.parametrize(
    ("value", "lake"),
    [
        ("duckdb", None),
        (" DuckDB ", None),
        ("", None),
        ("lake", str(PROJECT_ROOT / "lake")),
        ("/data/lake/", "/data/lake"),
        ("file:///data/lake", "/data/lake"),
        ("S3://bucket/raw/", "s3://bucket/raw"),
        ("gs://bucket", "gs://bucket"),
        ("az://container/raw", "az://container/raw"),
    ],
)
def test_raw_data_lands_in_the_warehouse_a_folder_or_a_store(
    monkeypatch: pytest.MonkeyPatch, value: str, lake: str | None
) -> None:
    monkeypatch.setenv("REVFUNNEL_DESTINATION", value)
    assert load().lake == lake


@pytest.mark.parametrize(
    ("given", "missing"),
    [("STRIPE_API_KEY", "HUBSPOT_ACCESS_TOKEN"), ("HUBSPOT_ACCESS_TOKEN", "STRIPE_API_KEY")],
)
def test_half_a_pair_of_keys_names_the_missing_one(monkeypatch: pytest.MonkeyPatch, given: str, missing: str) -> None:
    monkeypatch.setenv(given, "rk_live_secret")
    with pytest.raises(SettingsError, match=f"^{missing} is missing while {given} is set") as caught:
        load()
    assert "secret" not in str(caught.value)


def test_keys_and_alert_urls_never_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_API_KEY", "rk_live_secret")
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", "pat-secret")
    monkeypatch.setenv("REVFUNNEL_ALERT_URLS", "slack://secret-a, json://secret-b")
    settings = load()
    assert "secret" not in f"{settings!r} {settings}"
    assert [url.get_secret_value() for url in settings.alert_urls] == ["slack://secret-a", "json://secret-b"]


def test_a_key_with_a_line_break_is_refused_without_showing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_API_KEY", "rk_live_sec\nret")
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", "pat")
    with pytest.raises(SettingsError, match=r"^STRIPE_API_KEY: holds blanks") as caught:
        load()
    assert "sec" not in str(caught.value)


def test_a_home_that_cannot_be_written_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("REVFUNNEL_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(SettingsError, match=r"^REVFUNNEL_HOME: cannot write to .*choose a folder you may write to$"):
        load()


def test_a_file_that_cannot_be_read_is_one_line_without_what_is_in_it(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_bytes("STRIPE_API_KEY=rk_live_secret\n".encode("utf-16"))  # as PowerShell's `>` writes it
    with pytest.raises(SettingsError, match=r"\.env is no text in UTF-8; save it as UTF-8$"):
        load_settings(env_file)
    env_file.unlink()
    env_file.mkdir()  # as Docker makes it where a file that is not there is mounted
    with pytest.raises(SettingsError, match=r"\.env cannot be read \(Is a directory\)$"):
        load_settings(env_file)
