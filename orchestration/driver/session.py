"""The environment of one run: the user's own accounts, or a sandbox that lives as long as the run does."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestration.driver.local_sandbox import Company, generate, origin, sandbox_folder, served, told_by_meta
from orchestration.driver.preflight import check_accounts, check_channels, check_warehouse, claim
from orchestration.environment import environ
from orchestration.lake.place import check_destination
from orchestration.origin import ACCOUNTS
from orchestration.settings import Settings, UserError, load_settings, misspelt
from orchestration.spark.build import check_spark


@dataclass(frozen=True)
class Session:
    """Settings that are checked and ready to run with, and what the user should hear about them."""

    settings: Settings
    source: str
    notes: tuple[str, ...]


@contextmanager
def open_session(company: Company, log_name: str) -> Iterator[tuple[Session, Path]]:
    """Everything in place to materialise: home, keys, hosts, warehouse; the sandbox where there are no keys.

    Yields the session and the log file of this run. Raises UserError with one line when something is amiss.
    """
    settings = load_settings()
    check_channels(settings)
    log = log_file(settings, log_name)
    notes = misspelt()
    _check_keys(settings)
    check_warehouse(settings)
    check_destination(settings)
    check_spark(settings)
    if not settings.uses_sandbox:
        warnings = check_accounts(settings)
        note = claim(settings, ACCOUNTS)
        yield Session(settings, "your accounts", (*notes, *warnings, *_told(note))), log
        return
    folder = generate(company, settings, log)
    # The company's own "now", currency and zone, unless the user has set another.
    chosen = {f"REVFUNNEL_{name.upper()}" for name in settings.model_fields_set}
    told = {name: value for name, value in told_by_meta(folder).items() if name not in chosen}
    with served(folder, log) as addresses, environ({**addresses, **told}):
        settings = load_settings()
        note = claim(settings, origin(folder))
        yield Session(settings, f"the sandbox ({company.customers} customers)", (*notes, *_told(note))), log


@contextmanager
def reopened(settings: Settings) -> Iterator[Settings]:
    """Settings for what the home already holds: of a sandbox company, with its own "now", currency and zone.

    Nothing is read from any account, so no keys and no sandbox are needed.
    """
    company = sandbox_folder(settings)
    chosen = {f"REVFUNNEL_{name.upper()}" for name in settings.model_fields_set}
    told = told_by_meta(company) if company else {}
    with environ({name: value for name, value in told.items() if name not in chosen}):
        yield load_settings()


def _check_keys(settings: Settings) -> None:
    """An address without a key would silently read the sandbox instead."""
    addresses = {"STRIPE": settings.stripe_api_base, "HUBSPOT": settings.hubspot_api_base}
    given = [name for name, address in addresses.items() if address]
    if given and settings.uses_sandbox:
        raise UserError(
            f"{given[0]}_API_BASE is set, but STRIPE_API_KEY and HUBSPOT_ACCESS_TOKEN are missing; put both keys into "
            ".env, or remove the address to use the sandbox"
        )


def _told(note: str | None) -> tuple[str, ...]:
    return (note,) if note else ()


def log_file(settings: Settings, name: str) -> Path:
    """`REVFUNNEL_HOME/logs/NAME.log`, emptied."""
    path = settings.home / "logs" / f"{name}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    return path
