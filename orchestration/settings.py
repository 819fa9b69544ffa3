"""Every environment variable of revfunnel, typed, in one place.

Values come from the environment first and from the project's `.env` file second; an empty value counts as
not set. `load_settings()` is the only way in, and its errors are single lines meant for the person at the terminal.
"""

from __future__ import annotations

import re
import tempfile
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PROJECT_ROOT = Path(__file__).resolve().parents[1]
ENV_FILE = PROJECT_ROOT / ".env"

PREFIX = "REVFUNNEL_"  # of every variable that is not a vendor's
STRIPE_HOST = "api.stripe.com"
HUBSPOT_HOST = "api.hubapi.com"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OBJECT_STORES = ("s3", "gs", "az")  # by the scheme of their URLs


class UserError(Exception):
    """A failure that the user can act on. Its message is one line: what, where, what to do; never a secret.

    Several problems at once have a line each in `lines`.
    """

    def __init__(self, *messages: str) -> None:
        self.lines = tuple(" ".join(message.split()) for message in messages)
        super().__init__("; ".join(self.lines))


class SettingsError(UserError):
    """An environment variable (or a line of `.env`) that cannot be used."""


class Settings(BaseSettings):
    """The environment contract of the README, parsed and checked."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
    )

    stripe_api_key: SecretStr | None = Field(default=None, validation_alias="STRIPE_API_KEY")
    hubspot_access_token: SecretStr | None = Field(default=None, validation_alias="HUBSPOT_ACCESS_TOKEN")
    stripe_api_base: str | None = Field(default=None, validation_alias="STRIPE_API_BASE")
    hubspot_api_base: str | None = Field(default=None, validation_alias="HUBSPOT_API_BASE")
    # Requests a second. Stripe allows 100 (25 in test mode), HubSpot 10 to 19: others use the same account too.
    stripe_max_rps: float = Field(default=20.0, gt=0, le=1_000, validation_alias="STRIPE_MAX_RPS")
    hubspot_max_rps: float = Field(default=8.0, gt=0, le=1_000, validation_alias="HUBSPOT_MAX_RPS")
    hubspot_api_version: Literal["v3", "2026-09"] = Field(default="v3", validation_alias="HUBSPOT_API_VERSION")
    # No aliases below: pydantic-settings would then also read the bare names, and HOME is set everywhere.
    home: Path = Field(default=Path("data"), validate_default=True)
    # Where raw data lands: the warehouse itself, or a lake of Parquet files (a folder or an object store's URL).
    destination: str = "duckdb"
    # What builds the models, and where Spark is: a master (local[2], spark://host:7077) or a server (sc://, thrift://).
    engine: Literal["duckdb", "spark"] = "duckdb"
    spark: str = "local[*]"
    spark_memory: str = "4g"  # of the driver, where it is started here
    # The lake as Spark names it, where that is another name than ours.
    spark_destination: str | None = None
    as_of: datetime | None = None
    # What DuckDB may take for the models before it spills to disk. Default: 7g, on small machines 60 % of the memory.
    memory: str | None = None
    # Rebuild only customers that have changed, instead of all.
    incremental_models: bool = False
    # Also write the marts as Parquet files.
    publish_parquet: bool = False
    currency: str = "usd"
    timezone: str = "UTC"
    # Apprise URLs carry tokens, so they are secrets too.
    alert_urls: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    # Apprise's own configuration file, for channels with tags.
    alert_config: Path | None = None
    # From when until when nobody is disturbed, and when the weekly digest is due; in the reporting zone.
    alert_quiet_hours: Annotated[tuple[time, time] | None, NoDecode] = None
    alert_digest: Annotated[tuple[int, time] | None, NoDecode] = (0, time(8))

    @field_validator("stripe_api_key", "hubspot_access_token", mode="before")
    @classmethod
    def _strip_key(cls, value: Any) -> Any:
        """Pasted keys often bring blanks along; inner blanks or line breaks would corrupt the HTTP header."""
        if not isinstance(value, str):
            return value
        value = value.strip()
        if re.search(r"[^\x21-\x7e]", value):
            raise ValueError("holds blanks or characters that no key has; paste the key again")
        return value or None

    @field_validator("stripe_api_base", "hubspot_api_base")
    @classmethod
    def _check_base(cls, value: str | None) -> str | None:
        if value is None:
            return None
        value = value.strip().rstrip("/")
        try:
            parts = urlsplit(value)
            usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            usable = False
        if not usable or re.search(r"\s", value):
            # The value is not quoted: it could be a key pasted into the wrong line.
            raise ValueError("is not an address like https://host or http://127.0.0.1:8700")
        if "@" in value:
            raise ValueError("must not hold a user name or a password")
        return value

    @field_validator("home", "alert_config", mode="after")
    @classmethod
    def _resolve_path(cls, value: Path | None) -> Path | None:
        """A relative path is meant from the project's root, whatever the working directory is."""
        return value if value is None else (PROJECT_ROOT / value.expanduser()).resolve()

    @field_validator("destination")
    @classmethod
    def _check_destination(cls, value: str) -> str:
        """`duckdb`, an absolute path, or a URL without a slash at its end."""
        value = value.strip().rstrip("/") or "/"
        scheme, has_scheme, place = value.partition("://")
        if value.lower() == "duckdb":
            return "duckdb"
        if has_scheme and scheme.lower() not in ("file", *OBJECT_STORES):
            stores = ", ".join(f"{store}://" for store in OBJECT_STORES)
            raise ValueError(f"{scheme}:// is not supported; use duckdb, a folder, or a URL that begins with {stores}")
        if re.search(r"[*?\[\]{}#]", value):
            raise ValueError("must not hold any of * ? [ ] { } #, which stand for many files in a path")
        if not has_scheme and re.match(r"(file|s3|gs|az):", value):
            raise ValueError(f"{value!r} lacks a slash; a URL is like s3://bucket/folder")
        if not has_scheme or scheme.lower() == "file":
            return str((PROJECT_ROOT / Path(place or value).expanduser()).resolve())
        if "@" in place:
            raise ValueError("must not hold a user name, a password or a key; those go into the store's own variables")
        if not place.split("/")[0]:
            raise ValueError(f"names no bucket; it should be like {scheme.lower()}://bucket/folder")
        return f"{scheme.lower()}://{place}"

    @field_validator("alert_quiet_hours", mode="before")
    @classmethod
    def _parse_quiet_hours(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        times = [_time_of_day(part) for part in value.split("-")]
        if len(times) != 2 or None in times or times[0] == times[1]:
            raise ValueError(f"{value!r} is not a span of time like 22:00-07:00")
        return tuple(times)

    @field_validator("alert_digest", mode="before")
    @classmethod
    def _parse_digest(cls, value: Any) -> Any:
        """`mon 08:00`, or `never`."""
        if not isinstance(value, str):
            return value
        if value.strip().lower() == "never":
            return None
        day, _, text = value.strip().lower().partition(" ")
        moment = _time_of_day(text)
        if day[:3] not in WEEKDAYS or moment is None:
            raise ValueError(f"{value!r} is neither a day and time like mon 08:00 nor never")
        return WEEKDAYS.index(day[:3]), moment

    @field_validator("as_of", mode="before")
    @classmethod
    def _parse_as_of(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError:
            raise ValueError(f"{value!r} is not an ISO 8601 date like 2026-03-15T12:00:00Z") from None
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

    @field_validator("currency")
    @classmethod
    def _check_currency(cls, value: str) -> str:
        code = value.strip().lower()
        if not re.fullmatch(r"[a-z]{3}", code):
            raise ValueError(f"{value!r} is not a three-letter currency code like usd, eur or sek")
        return code

    @field_validator("timezone")
    @classmethod
    def _check_timezone(cls, value: str) -> str:
        name = value.strip()
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"{value!r} is not a time zone like UTC or Europe/Stockholm") from None
        return name

    @field_validator("alert_urls", mode="before")
    @classmethod
    def _split_urls(cls, value: Any) -> Any:
        """At commas and blanks before the next scheme: a URL may hold commas, as in `mailto://...?to=a@x.com,b@x.com`."""
        if isinstance(value, str):
            return tuple(url for url in re.split(r"[\s,]+(?=[a-z][a-z0-9]*://)", value.strip(" ,\n")) if url)
        return value

    @field_validator("spark")
    @classmethod
    def _check_spark(cls, value: str) -> str:
        value = value.strip()
        if not re.fullmatch(r"local(\[(\*|[1-9]\d*)\])?|yarn|(spark|sc|thrift|k8s)://[^\s/].*", value):
            raise ValueError(
                f"{value!r} is no place where Spark runs; use local[2], spark://host:7077, sc://host:15002, "
                "thrift://host:10000, yarn or k8s://host:443"
            )
        return value

    @field_validator("memory", "spark_memory")
    @classmethod
    def _check_memory(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not re.fullmatch(r"[1-9]\d*[mg]", value.strip().lower()):
            raise ValueError(f"{value!r} is no amount of memory like 4g or 900m")
        return value.strip().lower()

    @model_validator(mode="after")
    def _check_engine(self) -> Settings:
        if self.engine == "spark" and self.lake is None:
            raise ValueError(
                "REVFUNNEL_ENGINE: spark reads raw data from a lake; set REVFUNNEL_DESTINATION to a folder or an "
                "object store that Spark sees too"
            )
        return self

    @model_validator(mode="after")
    def _check_pair(self) -> Settings:
        """Half a pair of keys would give half a warehouse that looks whole."""
        keys = {"STRIPE_API_KEY": self.stripe_api_key, "HUBSPOT_ACCESS_TOKEN": self.hubspot_access_token}
        missing = [name for name, key in keys.items() if key is None]
        if len(missing) == 1:
            (present,) = keys.keys() - set(missing)
            raise ValueError(
                f"{missing[0]} is missing while {present} is set; put both into .env, or neither to use the sandbox"
            )
        return self

    @property
    def uses_sandbox(self) -> bool:
        """True when no keys are given: the local sandbox stands in for both vendors."""
        return self.stripe_api_key is None and self.hubspot_access_token is None

    @property
    def has_alert_channels(self) -> bool:
        """Whether there is anybody to tell."""
        return bool(self.alert_urls or self.alert_config)

    @property
    def spark_lake(self) -> str:
        """The lake as Spark names it. Hadoop's client of S3 is s3a; an Azure store the user has to name in full."""
        return self.spark_destination or re.sub(r"^s3://", "s3a://", str(self.lake))

    @property
    def warehouse_path(self) -> Path:
        """The DuckDB file that the pipeline alone writes and reads."""
        return self.home / "warehouse.duckdb"

    @property
    def lake(self) -> str | None:
        """Path or URL of the Parquet files that raw data lands in; None where it lands in the warehouse itself."""
        return None if self.destination == "duckdb" else self.destination

    @property
    def published_path(self) -> Path:
        """The audited copy that BI tools open."""
        return self.home / "published.duckdb"

    @property
    def parquet_path(self) -> Path:
        """The marts as Parquet files, where they are wanted: a link to the newest folder of them."""
        return self.home / "parquet"

    @property
    def report_path(self) -> Path:
        """The self-contained dashboard page."""
        return self.home / "report.html"

    @property
    def dagster_home(self) -> Path:
        """Dagster's runs, event logs and schedules."""
        return self.home / "dagster"

    @property
    def dlt_home(self) -> Path:
        """dlt's working folders and the spool of fetched pages."""
        return self.home / "dlt"


def load_settings(env_file: Path | None = ENV_FILE) -> Settings:
    """Read the environment and `.env`, check everything, and make the home folder.

    Raises SettingsError with one line that names the variable, what is wrong with it and what it should be.
    """
    try:
        settings = Settings(_env_file=env_file)  # pyright: ignore[reportCallIssue]
    except ValidationError as error:
        raise SettingsError(_one_line(error)) from None
    _prepare_home(settings.home)
    return settings


def _time_of_day(text: str) -> time | None:
    """`7:00` or `07:00`; None if it is no time of day."""
    try:
        return datetime.strptime(text.strip(), "%H:%M").time()
    except ValueError:
        return None


def _one_line(error: ValidationError) -> str:
    """The first complaint, led by the variable's name; never pydantic's own text, which quotes the input."""
    first = error.errors(include_url=False, include_input=False)[0]
    message = str(first["msg"]).removeprefix("Value error, ")
    if not first["loc"]:
        return message
    return f"{variable(str(first['loc'][0]))}: {message}"


def variable(name: str) -> str:
    """The environment variable of a field: ours carry the prefix, the vendors' are aliases already."""
    return f"{PREFIX}{name.upper()}" if name in Settings.model_fields else name


def _prepare_home(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            pass
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingsError(
            f"REVFUNNEL_HOME: cannot write to {home} ({reason}); choose a folder you may write to"
        ) from None
