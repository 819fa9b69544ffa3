"""What must be true before anything runs: each failure is one line that says what to do, found within seconds."""

import re

from orchestration.origin import ACCOUNTS, new_record, of_home, of_lake, write_home
from orchestration.settings import Settings, UserError

_LOCK_HOLDER = re.compile(r"lock is held in (?P<program>.+?) \(PID (?P<pid>\d+)\)")


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


def check_channels(settings: Settings) -> None:
    """Whoever is to be told of the run can be: found out at its end, what it has broken would go untold.

    Raises:
        UserError: an alert URL, or the file of them, cannot be read.
    """
    if settings.has_alert_channels:
        from orchestration.alerts.routing import channels

        channels(settings)


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


def claim(settings: Settings, origin: str) -> str | None:
    """Record whose data is read into the home from now on, and keep the data of two origins from mixing.

    A sandbox warehouse is set aside when something else is to be read, because it can be made again. A warehouse of
    real accounts is never moved: the sandbox then has to live elsewhere. Nor is anything in a lake: others may read it.

    Args:
        settings: says where the home and the lake are.
        origin: `accounts`, or a name of the company that the sandbox serves.

    Returns:
        A line to tell the user when something was set aside.

    Raises:
        UserError: the sandbox would be read into the warehouse of real accounts, or the lake is another origin's.
        RunInProgress: the warehouse would have to be set aside while a run is filling it.
    """
    before = of_home(settings)
    is_empty = not settings.warehouse_path.exists()
    is_same = before is None or before.origin == origin
    if before and not is_same and not is_empty and before.origin == ACCOUNTS:
        raise UserError(
            f"{settings.home} holds the data of your own accounts, and no keys are set now. Put the keys back into "
            ".env, or set REVFUNNEL_HOME to another folder to look at the sandbox."
        )
    check_lake(settings, origin)
    told = None if is_same or is_empty else _set_aside(settings)
    if before is None or not is_same or is_empty:
        write_home(settings, new_record(origin))
    return told


def check_lake(settings: Settings, origin: str) -> None:
    """The lake, if there is one, is empty or holds data of this origin.

    Raises:
        UserError: it holds another one's.
    """
    before = of_lake(settings)
    if before and before.origin != origin:
        whose = "your own accounts" if before.origin == ACCOUNTS else "another sandbox company"
        raise UserError(
            f"REVFUNNEL_DESTINATION: {settings.lake} holds the data of {whose}; choose an empty folder, and one for "
            "REVFUNNEL_HOME"
        )


def _set_aside(settings: Settings) -> str:
    from orchestration.driver.execution import check_no_run

    check_no_run(settings)
    aside = settings.warehouse_path.with_name("warehouse-of-the-former-sandbox.duckdb")
    settings.warehouse_path.replace(aside)
    settings.published_path.unlink(missing_ok=True)
    return f"The warehouse held another sandbox company; it is now {aside.name}."
