"""What a run from the command line has to tell, where perhaps no daemon is up: the same news from the same store.

A daemon that is up as well tells nothing twice. Whatever goes wrong here is a line for the terminal: it does not fail
a run that has succeeded.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from orchestration.settings import Settings, SettingsError, UserError, load_settings

if TYPE_CHECKING:
    from orchestration.alerts.store import Store

JOB = "everything"


def tell_of_run(settings: Settings, run_id: str) -> list[str]:
    """Tell what a run that ended has changed, and what was due before; gives lines for the terminal."""

    def take_in(store: Store, now: datetime) -> None:
        from orchestration.alerts.assets import assets_of
        from orchestration.alerts.runs import read_run
        from orchestration.definitions import defs
        from orchestration.driver.execution import open_dagster

        with open_dagster(settings) as instance:
            run = instance.get_run_by_id(run_id)
            if run is not None:
                read_run(store, instance, run, assets_of(defs.get_repository_def()), now)

    return _tell(settings, take_in)


def tell_of_no_run(error: Exception) -> list[str]:
    """Tell that no run came about, as where a key is no longer valid; gives lines beside the error for the terminal."""

    def take_in(store: Store, now: datetime) -> None:
        from orchestration.alerts.conditions import of_run
        from orchestration.alerts.memory import observe

        # The text of what is no UserError was not written for people and may hold anything.
        reason = str(error) if isinstance(error, UserError) else type(error).__name__
        observe(store, [of_run(JOB, failed=True, at=now.timestamp(), reasons=[reason])], now)

    try:
        lines = _tell(load_settings(), take_in)
    except SettingsError:
        return []  # that is the error itself
    return [line for line in lines if line != str(error)]  # a channel that cannot be read is the error, too


def _tell(settings: Settings, take_in: Callable[[Store, datetime], None]) -> list[str]:
    if not settings.has_alert_channels:
        return []
    from orchestration.alerts.delivery import deliver
    from orchestration.alerts.memory import remind
    from orchestration.alerts.store import Store

    lines: list[str] = []
    now = datetime.now(UTC)
    try:
        store = Store(settings)
        take_in(store, now)
        remind(store, now)
        deliver(store, settings, lines.append, now)
    except UserError as error:
        lines.append(str(error))
    except Exception as error:
        lines.append(f"the alerts could not be sent ({type(error).__name__}); the next run or the daemon tries again")
    return lines
