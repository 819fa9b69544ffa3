"""Whose data lies where raw data lands: `origin.json` beside it, so that two companies' data never mix.

It names the origin (the user's accounts, or a company of the sandbox) and, by source, the account that was read:
Stripe's id and mode, HubSpot's portal. In the home it counts as long as there is a warehouse beside it, in a lake as
long as there is raw data. Data without it, of an older version, is taken for what is read next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from orchestration.settings import Settings, UserError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

RECORD = "origin.json"
ACCOUNTS, SANDBOX = "accounts", "sandbox"
SANDBOX_KEY = "rk_live_sandbox_not_a_real_key"  # a live-mode key, because the served objects are live-mode objects

_KEYS = {"stripe": "STRIPE_API_KEY", "hubspot": "HUBSPOT_ACCESS_TOKEN"}

Identity = Mapping[str, str]  # what is known of an account: `account` and `mode`, or `portal`


@dataclass(frozen=True)
class Owner:
    """Whose data a vendor gives, nothing where it does not say; and its `answer`, for the stream that keeps that."""

    identity: Identity = field(default_factory=dict)
    answer: msgspec.Raw | None = None


class Record(msgspec.Struct, frozen=True, omit_defaults=True):
    """One `origin.json`. `origin` is `accounts`, or `sandbox` and a name of the company."""

    origin: str
    since: str = ""
    stripe: dict[str, str] = {}
    hubspot: dict[str, str] = {}

    @property
    def kind(self) -> str:
        """Accounts, or the sandbox."""
        return self.origin.partition(" ")[0]

    def of(self, source: str) -> dict[str, str]:
        """The account of a source."""
        return self.stripe if source == "stripe" else self.hubspot


def new_record(origin: str) -> Record:
    """A record that begins now."""
    return Record(origin, datetime.now(UTC).isoformat(timespec="seconds"))


def of_home(settings: Settings) -> Record | None:
    """What the home's record says, whether there is a warehouse or not. Raises UserError if it cannot be read."""
    path = settings.home / RECORD
    return _parsed(path.read_bytes(), str(path)) if path.exists() else None


def of_warehouse(settings: Settings) -> Record | None:
    """Whose data the warehouse holds; None if there is none, or if nobody knows."""
    return of_home(settings) if settings.warehouse_path.exists() else None


def of_lake(settings: Settings) -> Record | None:
    """Whose data the lake holds; None if there is none, or if nobody knows."""
    if settings.lake is None:
        return None
    files, path = _files(settings.lake), f"{settings.lake}/{RECORD}"
    if not any(files.exists(f"{settings.lake}/raw_{source}") for source in _KEYS) or not files.exists(path):
        return None
    return _parsed(files.cat_file(path), path)


def write_home(settings: Settings, record: Record) -> None:
    """Write the home's record at one go."""
    path = settings.home / RECORD
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_bytes(_encoded(record))
    unfinished.replace(path)


def write_lake(lake: str, record: Record) -> None:
    """Write a lake's record at one go."""
    files = _files(lake)
    if "://" not in lake:
        files.makedirs(lake, exist_ok=True)
    files.write_text(f"{lake}/{RECORD}", _encoded(record).decode())


def check(settings: Settings, source: str, identity: Identity) -> None:
    """Nothing of another company lies where a source is about to land.

    Raises UserError: it does. It names both, and what to do.
    """
    kind = _kind(settings)
    for record, place in ((of_warehouse(settings), str(settings.home)), (of_lake(settings), settings.lake)):
        if record and record.kind != kind:
            raise UserError(_misplaced(kind, place or ""))
    known = _of_data(settings)
    before = known.of(source) if known else {}
    if any(before.get(name, value) != value for name, value in identity.items()):
        raise UserError(_swapped(settings, source, before, identity))


def check_not_sandbox(settings: Settings) -> None:
    """A Dagster that has been serving the sandbox must not rebuild real accounts' tables with the sandbox's "now"."""
    record = of_warehouse(settings)
    if record and record.kind == ACCOUNTS and _kind(settings) == SANDBOX:
        raise UserError(_misplaced(SANDBOX, str(settings.home)))


def keep(settings: Settings, source: str, identity: Identity) -> None:
    """Note what is about to land, beside where it lands; what is known already stays. Raises like `check`."""
    check(settings, source, identity)
    home, before = of_home(settings), _of_data(settings)
    kind = _kind(settings)
    known = before or new_record(home.origin if home and home.kind == kind else kind)
    told = msgspec.structs.replace(known, **{source: {**known.of(source), **identity}})
    if told == before:
        return
    if settings.lake:
        write_lake(settings.lake, told)
    else:
        write_home(settings, told)


def _of_data(settings: Settings) -> Record | None:
    return of_lake(settings) if settings.lake else of_warehouse(settings)


def _kind(settings: Settings) -> str:
    key = settings.stripe_api_key
    return SANDBOX if key and key.get_secret_value() == SANDBOX_KEY else ACCOUNTS


def _misplaced(kind: str, place: str) -> str:
    if kind == SANDBOX:
        return (
            f"this reads the sandbox, but {place} holds the data of your own accounts; it was started before .env had "
            "keys: end it, and start `make ui` again"
        )
    return (
        f"this reads your own accounts, but {place} holds a sandbox company; start `make run` or `make ui` again, or "
        "choose an empty folder"
    )


def _swapped(settings: Settings, source: str, before: Identity, identity: Identity) -> str:
    place = settings.lake or settings.home
    if _kind(settings) == SANDBOX:
        return f"this reads another sandbox company than {place} holds; end it, and start `make ui` again"
    fresh = (
        "REVFUNNEL_HOME and REVFUNNEL_DESTINATION to new folders"
        if settings.lake
        else f"REVFUNNEL_HOME to a new folder (or move {settings.warehouse_path.name} away)"
    )
    return (
        f"{_KEYS[source]} is of {_named(identity)}, but {place} holds {_named(before)}; put a key of that one back "
        f"into .env, or set {fresh}"
    )


def _named(identity: Identity) -> str:
    """`account acct_1, mode live`."""
    return ", ".join(f"{name} {value}" for name, value in identity.items())


def _parsed(text: bytes | str, path: str) -> Record:
    try:
        return msgspec.json.decode(text, type=Record)
    except ValueError:
        raise UserError(
            f"{path} cannot be read; it says whose data lies beside it. Delete it if that is what is read now"
        ) from None


def _encoded(record: Record) -> bytes:
    return msgspec.json.encode(record) + b"\n"


def _files(lake: str) -> AbstractFileSystem:
    from orchestration.lake.place import filesystem

    return filesystem(lake)
