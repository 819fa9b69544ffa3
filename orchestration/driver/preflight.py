"""What must be true before anything runs: each failure is one line that says what to do, found within seconds."""

import json
import re
from datetime import UTC, datetime

from orchestration.settings import Settings, UserError

_LOCK_HOLDER = re.compile(r"lock is held in (?P<program>.+?) \(PID (?P<pid>\d+)\)")
ACCOUNTS = "accounts"


class RunInProgress(UserError):
    """Another run is in progress in the same home; people will be told of that one."""


def check_accounts(settings: Settings) -> tuple[str, ...]:
    """One cheap call to each vendor, so that a wrong key or an unreachable host shows before any work is done.

    Returns:
        What the user should hear about keys that work but are of the wrong kind.

    Raises:
        UserError: which of the two, and what is wrong with it.
    """
    from orchestration.hubspot.client import check_access as check_hubspot
    from orchestration.hubspot.scopes import token_warning
    from orchestration.stripe.client import check_access as check_stripe
    from orchestration.stripe.client import key_warning

    check_stripe(settings)
    check_hubspot(settings)
    return tuple(filter(None, (key_warning(settings), token_warning(settings))))


def check_warehouse(settings: Settings) -> None:
    """The warehouse file can be written by this process.

    Raises:
        UserError: another process holds it (the message names that process), or it is no DuckDB file.
    """
    import duckdb

    path = settings.warehouse_path
    if not path.exists():
        return
    try:
        duckdb.connect(str(path)).close()
    except duckdb.Error as error:
        if holder := _LOCK_HOLDER.search(str(error)):
            raise UserError(
                f"{path} is open in another process ({holder['program']}, process id {holder['pid']}); close it there. "
                f"BI tools should open {settings.published_path.name} instead."
            ) from None
        raise UserError(f"{path} cannot be opened: {' '.join(str(error).split())}") from None


def claim_home(settings: Settings, origin: str) -> str | None:
    """Record whose data the warehouse holds, and keep the data of two origins from mixing.

    A sandbox warehouse is set aside when something else is to be read, because it can be made again. A warehouse of
    real accounts is never moved: the sandbox then has to live elsewhere.

    Args:
        settings: says where the home is.
        origin: `accounts`, or a name of the company that the sandbox serves.

    Returns:
        A line to tell the user when something was set aside.

    Raises:
        UserError: the sandbox would be read into the warehouse of real accounts.
    """
    record = settings.home / "origin.json"
    before = json.loads(record.read_text())["origin"] if record.exists() else origin
    told = None
    if before != origin and settings.warehouse_path.exists():
        if before == ACCOUNTS:
            raise UserError(
                f"{settings.home} holds the data of your own accounts, and no keys are set now. Put the keys back into "
                ".env, or set REVFUNNEL_HOME to another folder to look at the sandbox."
            )
        aside = settings.warehouse_path.with_name("warehouse-of-the-former-sandbox.duckdb")
        settings.warehouse_path.replace(aside)
        settings.published_path.unlink(missing_ok=True)
        told = f"The warehouse held another sandbox company; it is now {aside.name}."
    record.write_text(json.dumps({"origin": origin, "since": datetime.now(UTC).isoformat(timespec="seconds")}) + "\n")
    return told


def claim_lake(settings: Settings, origin: str) -> None:
    """Record whose data the lake holds, if there is one. It may be read by others: nothing in it is set aside.

    Raises:
        UserError: it holds the data of another origin (see `claim_home`).
    """
    from orchestration.lake.place import filesystem

    if settings.lake is None:
        return
    files, record = filesystem(settings.lake), f"{settings.lake}/origin.json"
    if not files.exists(record):
        files.pipe_file(record, json.dumps({"origin": origin}).encode() + b"\n")
        return
    before = json.loads(files.cat_file(record))["origin"]
    if before != origin:
        whose = "your own accounts" if before == ACCOUNTS else "another sandbox company"
        raise UserError(
            f"REVFUNNEL_DESTINATION: {settings.lake} holds the data of {whose}; choose an empty folder, and one for "
            "REVFUNNEL_HOME"
        )
