"""Extraction of both sources into a home folder, and what is in its warehouse afterwards."""

from collections.abc import Callable, Iterable
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import duckdb
from pydantic import SecretStr

from orchestration.extraction import extract
from orchestration.hubspot.fetch import fetch as fetch_hubspot
from orchestration.hubspot.streams import STREAMS as HUBSPOT
from orchestration.lake.place import let_read
from orchestration.landing import Landed
from orchestration.settings import Settings
from orchestration.stripe.fetch import fetch as fetch_stripe
from orchestration.stripe.streams import STREAMS as STRIPE

SOURCES: tuple[tuple[str, Any, Any], ...] = (("stripe", STRIPE, fetch_stripe), ("hubspot", HUBSPOT, fetch_hubspot))
STREAMS = [(source, stream.name) for source, streams, _ in SOURCES for stream in streams]

Version = tuple[str, str, str]  # table, id, content_hash

# A server of processes that have everything imported already: a process to be killed starts in milliseconds.
_processes = get_context("forkserver")
_processes.set_forkserver_preload(["tests.python.raw_layer.homes"])


class Home:
    """A home folder that reads both vendors at one address."""

    def __init__(
        self, folder: Path, base: str, *, key: str = "rk_live_1", token: str = "token", destination: str = "duckdb"
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.settings = Settings(
            stripe_api_key=SecretStr(key),
            hubspot_access_token=SecretStr(token),
            stripe_api_base=base,
            hubspot_api_base=base,
            home=folder,
            destination=destination,
        )

    def extract(
        self, log: Callable[[str], None] = lambda _: None, sources: Iterable[str] = ("stripe", "hubspot")
    ) -> dict[str, Landed]:
        """One run of every stream."""
        landed: dict[str, Landed] = {}
        for source, streams, fetch in SOURCES:
            for group, members in groupby(streams, lambda stream: stream.group) if source in sources else ():
                landed |= extract(
                    source=source, load=group, streams=list(members), fetch=fetch, settings=self.settings, log=log
                )
        return landed

    def extract_killed_after(self, seconds: float) -> bool:
        """A run in a process that gets SIGKILL after that time; False if it had ended before."""
        process = _processes.Process(target=_extract, args=(self.settings,))
        process.start()
        process.join(seconds)
        was_running = process.is_alive()
        process.kill()
        process.join()
        assert was_running or process.exitcode == 0, "the run failed by itself"
        return was_running

    def versions(self, condition: str = "true") -> list[Version]:
        """Every version of every stream that fulfils the condition, as often as it is stored."""
        parts = [
            f"select '{source}.{stream}', id, content_hash from raw_{source}.{stream} where {condition}"
            for source, stream in STREAMS
        ]
        return [(str(table), str(key), str(content)) for table, key, content in self.rows(" union all ".join(parts))]

    def current(self) -> set[Version]:
        """What lives now: the open versions but for tombstones."""
        return set(self.versions("_dlt_valid_to is null and not deleted"))

    def doubled(self) -> list[Version]:
        """Ids with more than one open version, and versions that repeat the one before them."""
        found = []
        for source, stream in STREAMS:
            table = f"raw_{source}.{stream}"
            found += self.rows(
                f"select '{table}', id, 'open twice' from {table} where _dlt_valid_to is null "
                "group by id having count(*) > 1"
            )
            found += self.rows(
                f"select '{table}', id, content_hash from (select *, lag(content_hash) over "
                f"(partition by id order by extracted_at) as earlier from {table}) where content_hash = earlier"
            )
        return found

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The result of a query."""
        with duckdb.connect(str(self.settings.warehouse_path), read_only=True) as connection:
            let_read(connection, self.settings)
            return connection.execute(query).fetchall()


def _extract(settings: Settings) -> None:
    key, token = settings.stripe_api_key, settings.hubspot_access_token
    assert key and token and settings.stripe_api_base
    secrets = {"key": key.get_secret_value(), "token": token.get_secret_value()}
    Home(settings.home, settings.stripe_api_base, **secrets, destination=settings.destination).extract()
