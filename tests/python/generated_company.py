"""A generated company's folder as tests read it: its objects, and the truth beside them."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any


@dataclass
class Company:
    """The folder that `generate` wrote."""

    folder: Path

    def objects(self, name: str) -> list[dict[str, Any]]:
        """The objects of a file, like stripe/invoices."""
        return [json.loads(line) for line in (self.folder / f"{name}.ndjson").read_text().splitlines()]

    def truth(self, name: str) -> list[dict[str, str]]:
        """The rows of a table of truth/."""
        with (self.folder / f"truth/{name}.csv").open() as file:
            return list(csv.DictReader(file))

    @cached_property
    def as_of(self) -> int:
        meta = json.loads((self.folder / "meta.json").read_text())
        return int(datetime.fromisoformat(meta["as_of"]).timestamp())

    @cached_property
    def prices(self) -> dict[str, dict[str, Any]]:
        return {price["id"]: price for price in self.objects("stripe/prices")}

    @cached_property
    def invoices(self) -> list[dict[str, Any]]:
        return [i for i in self.objects("stripe/invoices") if "parent" in i]

    @cached_property
    def daily(self) -> dict[str, dict[str, Decimal]]:
        found: dict[str, dict[str, Decimal]] = defaultdict(dict)
        for row in self.truth("mrr_daily"):
            found[row["customer_id"]][row["date"]] = Decimal(row["mrr"])
        return found

    def month(self, iso: str | None) -> str:
        """The month of an ISO time as truth/ writes it; empty of nothing."""
        return f"{iso[:7]}-01" if iso else ""
