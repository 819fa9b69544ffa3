"""Every environment variable of revfunnel, typed, in one place.

Values come from the environment first and from the project's `.env` file second; an empty value counts as
not set. `load_settings()` is the only way in, and its errors are single lines meant for the person at the terminal.
"""

from __future__ import annotations

import difflib
import os
import re
import tempfile
from datetime import datetime, time
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from orchestration import setting_values as values
from orchestration.setting_values import PROJECT_ROOT

ENV_FILE = PROJECT_ROOT / ".env"

PREFIX = "REVFUNNEL_"  # of every variable that is not a vendor's
STRIPE_HOST = "api.stripe.com"
HUBSPOT_HOST = "api.hubapi.com"
SAME_WORD = 0.92  # of difflib: a letter or two are missing, too many or others


class UserError(Exception):
    """A failure that the user can act on. Its message is one line: what, where, what to do; never a secret.

    Several problems at once have a line each in `lines`.
    """

    def __init__(self, *messages: str) -> None:
        self.lines = tuple(" ".join(message.split()) for message in messages)
        super().__init__("; ".join(self.lines))


class SettingsError(UserError):
    """An environment variable (or a line of `.env`) that cannot be used."""


Key = Annotated[SecretStr | None, BeforeValidator(values.key)]
Address = Annotated[str, AfterValidator(values.address)] | None


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

    stripe_api_key: Key = Field(default=None, validation_alias="STRIPE_API_KEY")
    hubspot_access_token: Key = Field(default=None, validation_alias="HUBSPOT_ACCESS_TOKEN")
    stripe_api_base: Address = Field(default=None, validation_alias="STRIPE_API_BASE")
    hubspot_api_base: Address = Field(default=None, validation_alias="HUBSPOT_API_BASE")
    # Requests a second. Stripe allows 100 (25 in test mode), HubSpot 10 to 19: others use the same account too.
    stripe_max_rps: float = Field(default=20.0, gt=0, le=1_000, validation_alias="STRIPE_MAX_RPS")
    hubspot_max_rps: float = Field(default=8.0, gt=0, le=1_000, validation_alias="HUBSPOT_MAX_RPS")
    hubspot_api_version: Literal["v3", "2026-09"] = Field(default="v3", validation_alias="HUBSPOT_API_VERSION")
    # No aliases below: pydantic-settings would then also read the bare names, and HOME is set everywhere.
    home: Annotated[Path, AfterValidator(values.path)] = Field(default=Path("data"), validate_default=True)
    # Where raw data lands: the warehouse itself, or a lake of Parquet files (a folder or an object store's URL).
    destination: Annotated[str, AfterValidator(values.destination)] = "duckdb"
    # What builds the models, and where Spark is: a master (local[2], spark://host:7077) or a server (sc://, thrift://).
    engine: Literal["duckdb", "spark"] = "duckdb"
    spark: Annotated[str, AfterValidator(values.spark)] = "local[*]"
    spark_memory: Annotated[str, AfterValidator(values.memory)] = "4g"  # of the driver, where it is started here
    # The lake as Spark names it, where that is another name than ours.
    spark_destination: str | None = None
    as_of: Annotated[datetime | None, BeforeValidator(values.moment)] = None
    # What DuckDB may take for the models before it spills to disk. Default: 7g, on small machines 60 % of the memory.
    memory: Annotated[str, AfterValidator(values.memory)] | None = None
    # Rebuild only customers that have changed, instead of all.
    incremental_models: bool = False
    # Also write the marts as Parquet files.
    publish_parquet: bool = False
    currency: Annotated[str, AfterValidator(values.currency)] = "usd"
    timezone: Annotated[str, AfterValidator(values.timezone)] = "UTC"
    # Apprise URLs carry tokens, so they are secrets too.
    alert_urls: Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(values.urls)] = ()
    # Apprise's own configuration file, for channels with tags.
    alert_config: Annotated[Path, AfterValidator(values.path)] | None = None
    # From when until when nobody is disturbed, and when the weekly digest is due; in the reporting zone.
    alert_quiet_hours: Annotated[tuple[time, time] | None, NoDecode, BeforeValidator(values.quiet_hours)] = None
    alert_digest: Annotated[tuple[int, time] | None, NoDecode, BeforeValidator(values.digest)] = (0, time(8))

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
    _check_readable(env_file)
    try:
        settings = Settings(_env_file=env_file)  # pyright: ignore[reportCallIssue]
    except ValidationError as error:
        raise SettingsError(_one_line(error)) from None
    _prepare_home(settings.home)
    return settings


def _check_readable(env_file: Path | None) -> None:
    """A file that editors of Windows saved as UTF-16, or that belongs to another user, is told before it is parsed."""
    try:
        if env_file and env_file.exists():
            env_file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise SettingsError(f"{env_file} is no text in UTF-8; save it as UTF-8") from None
    except OSError as error:
        raise SettingsError(f"{env_file} cannot be read ({error.strerror})") from None


def misspelt(env_file: Path | None = ENV_FILE) -> tuple[str, ...]:
    """One line for each variable that is set and almost called like one of ours, which it would otherwise never be."""
    known = {str(field.validation_alias or variable(name)) for name, field in Settings.model_fields.items()}
    text = env_file.read_text(encoding="utf-8") if env_file and env_file.exists() else ""
    given = {*os.environ, *re.findall(r"^\s*(?:export\s+)?(\w+)\s*=", text, re.MULTILINE)} - known
    found = {name: difflib.get_close_matches(name.upper(), known, n=1, cutoff=SAME_WORD) for name in sorted(given)}
    return tuple(f"{name} means nothing here; is {ours[0]} meant?" for name, ours in found.items() if ours)


def _one_line(error: ValidationError) -> str:
    """The first complaint, led by the variable's name; never pydantic's own text, which quotes the input."""
    first = error.errors(include_url=False, include_input=False)[0]
    message = _IN_WORDS.get(first["type"]) or str(first["msg"]).removeprefix("Value error, ")
    if not first["loc"]:
        return message
    return f"{variable(str(first['loc'][0]))}: {message}"


_IN_WORDS = {"bool_parsing": "is neither true nor false", "float_parsing": "is no number"}


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
