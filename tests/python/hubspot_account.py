"""A HubSpot account for tests: a sandbox whose objects, clock and faults are moved by hand, and our copy of it."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
from pydantic import SecretStr

from orchestration.extraction import extract
from orchestration.hubspot.fetch import fetch
from orchestration.hubspot.streams import STREAMS
from orchestration.landing import Landed
from orchestration.settings import Settings

CRM = ("contacts", "companies", "deals")
LINKS = tuple(stream.name for stream in STREAMS if stream.kind == "associations")
ALL = tuple(stream.name for stream in STREAMS)


class Account:
    """An account served at `base` and extracted into `home`."""

    def __init__(self, base: str, home: Path, *, version: str = "v3") -> None:
        self.base = base
        home.mkdir(parents=True, exist_ok=True)
        self.log: list[str] = []
        self.settings = Settings.model_validate(
            {
                "stripe_api_key": SecretStr("sk_test_1"),
                "hubspot_access_token": SecretStr("token"),
                "hubspot_api_base": base,
                "stripe_api_base": base,
                "hubspot_api_version": version,
                "home": home,
            }
        )

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """A call of the sandbox's control API."""
        request = urllib.request.Request(
            f"{self.base}/_sandbox/{path}",
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def set_clock(self, now: str) -> None:
        """Set the account's time, which then stands still."""
        self.control("PUT", "clock", {"now": now})

    def pass_time(self, *, minutes: int = 0, days: int = 0) -> None:
        """Let time pass."""
        self.control("POST", "clock/advance", {"seconds": minutes * 60 + days * 86_400})

    def put(self, kind: str, *records: dict[str, Any], silent: bool = False) -> list[str]:
        """Create or change records; silently as calculated properties change. Their ids."""
        return self.control("POST", f"hubspot/{kind}{'?silent=true' if silent else ''}", list(records))["ids"]

    def contacts(self, count: int) -> list[str]:
        """New contacts."""
        return self.put("contacts", *({"properties": {"email": f"p{number}@a.example"}} for number in range(count)))

    def link(self, source: str, target: str, from_id: str, to_id: str, *, method: str = "PUT") -> None:
        """Link two records, or (DELETE) end the link."""
        kind = {"category": "HUBSPOT_DEFINED", "typeId": 1, "label": "Primary"}
        self.control(method, f"hubspot/associations/{source}/{target}", {"from": from_id, "to": to_id, "types": [kind]})

    def extract(self, names: Sequence[str] = CRM) -> dict[str, Landed]:
        """One run over the given streams."""
        streams = [stream for stream in STREAMS if stream.name in names]
        return extract(
            source="hubspot",
            load="hubspot",
            streams=streams,
            fetch=fetch,
            settings=self.settings,
            log=self.log.append,
        )

    def requests(self) -> dict[str, int]:
        """How often each path was asked for since the last time this was called."""
        told = self.control("GET", "requests")["by_path"]
        self.control("DELETE", "requests")
        return told

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The result of a query on the warehouse."""
        with duckdb.connect(str(self.settings.warehouse_path), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def current(self, stream: str) -> dict[str, dict[str, Any]]:
        """The newest version of every record that is not a tombstone."""
        rows = self.rows(f"select id, payload from raw_hubspot.{stream} where _dlt_valid_to is null and not deleted")
        return {identifier: json.loads(payload) for identifier, payload in rows}

    def tombstones(self, stream: str) -> dict[str, dict[str, Any]]:
        """The newest version of every record that is one."""
        rows = self.rows(f"select id, payload from raw_hubspot.{stream} where _dlt_valid_to is null and deleted")
        return {identifier: json.loads(payload) for identifier, payload in rows}
