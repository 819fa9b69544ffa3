"""A Stripe account for tests: a sandbox whose objects and clock are moved by hand, and our copy of it."""

import json
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from pydantic import SecretStr

from orchestration.extraction import extract
from orchestration.landing import Landed
from orchestration.settings import Settings
from orchestration.stripe.fetch import fetch
from orchestration.stripe.streams import STREAMS

DAY = 86_400


@dataclass
class Account:
    """A sandbox with a clock of its own, and the warehouse that reads it."""

    base: str
    home: Path

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """One call of the sandbox's control API."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.base}/_sandbox{path}", data, method=method)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or b"null")

    def put(self, resource: str, **values: Any) -> None:
        """Create or change an object."""
        self.call("POST", f"/stripe/{resource}", values)

    def delete(self, resource: str, identifier: str) -> None:
        """Delete an object."""
        self.call("DELETE", f"/stripe/{resource}/{identifier}")

    def wait(self, days: float) -> None:
        """Let time pass on the server."""
        self.call("POST", "/clock/advance", {"seconds": int(days * DAY)})

    def requests(self) -> dict[str, int]:
        """What was asked since the last call."""
        counted = self.call("GET", "/requests")["by_path"]
        self.call("DELETE", "/requests")
        return counted

    def sync(self, *names: str, log: list[str] | None = None) -> dict[str, Landed]:
        """One extraction, of all streams or of some."""
        settings = Settings(
            stripe_api_key=SecretStr("rk_live_verysecret"),
            hubspot_access_token=SecretStr("token"),
            stripe_api_base=self.base,
            hubspot_api_base=self.base,
            home=self.home,
        )
        streams = [stream for stream in STREAMS if not names or stream.name in names]
        say: Callable[[str], None] = log.append if log is not None else lambda _: None
        return extract(source="stripe", load="stripe", streams=streams, fetch=fetch, settings=settings, log=say)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The result of a query on the warehouse."""
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def current(self, stream: str, field: str) -> dict[str, tuple[Any, bool]]:
        """(a field of the payload, deleted) of every open version."""
        query = f"select id, payload ->> '{field}', deleted from raw_stripe.{stream} where _dlt_valid_to is null"
        return {identifier: (value, deleted) for identifier, value, deleted in self.rows(query)}

    def next_run_reads_only(self, **expected: int) -> dict[str, Landed]:
        """Sync; nothing but these streams brings new versions."""
        landed = self.sync()
        changed = {name: told.new_versions for name, told in landed.items() if told.new_versions}
        assert changed == expected
        return landed
