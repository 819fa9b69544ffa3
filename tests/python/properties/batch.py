"""A batch: many random customers in one account, what each sync read of them, and what the marts say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.python.properties.billing import Account, Reading
from tests.python.properties.decisions import History, drawn
from tests.python.properties.warehouse import Tables, Told, Warehouse
from tests.python.rule_cases.objects import at

SYNCS = tuple(
    datetime.fromtimestamp(at(moment), UTC) for moment in ("2025-09-20 03:00", "2026-01-31 23:30", "2026-03-15 06:00")
)
_SHOWN = 8


@dataclass(frozen=True)
class Draw:
    """Which customers are drawn, how many strangers come in beside them, and what the models are told."""

    seed: int
    customers: int
    strangers: int
    told: Told


@dataclass
class Batch:
    """The customers by name, and their marts as first built."""

    draw: Draw
    warehouse: Warehouse
    histories: Mapping[str, History]
    account: Account
    readings: Sequence[Reading] = ()
    tables: Tables = field(default_factory=dict)

    @property
    def customers(self) -> frozenset[str]:
        return frozenset(f"cus_{name}" for name in self.histories)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.draw.told.timezone)

    def land(self, readings: Iterable[Reading]) -> None:
        """A fresh warehouse in which every sync read what is given."""
        self.warehouse.restore("empty")
        for reading, sync in zip(readings, SYNCS, strict=True):
            self.warehouse.sync(reading, sync)

    def explained(self, broken: Sequence[tuple[str, str]]) -> str:
        """The first things that are wrong, then the customers they are about: enough to make a rule case of."""
        lines = [f"{len(broken)} in {self.draw}", *(f"{customer}: {what}" for customer, what in broken[:_SHOWN])]
        names = dict.fromkeys(customer.removeprefix("cus_") for customer, _ in broken)
        return "\n".join(
            [*lines, *(f"{name}: {self.histories[name]}" for name in [*names][:3] if name in self.histories)]
        )


def built(draw: Draw, home: Path) -> Batch:
    """Draw the customers, land what three syncs read of them, build the marts."""
    histories = {f"h{number}": history for number, history in enumerate(drawn(draw.customers, draw.seed))}
    account = Account([int(sync.timestamp()) for sync in SYNCS])
    account.add(histories)
    batch = Batch(draw, Warehouse(home, draw.told), histories, account, account.readings())
    batch.land(batch.readings)
    batch.warehouse.keep("landed")
    batch.tables = batch.warehouse.build()
    return batch
