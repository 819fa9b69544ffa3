"""One expected file, and the query whose rows must be the same."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from orchestration.driver.comparison import Value

RATIO = Decimal("0.000002")


@dataclass(frozen=True)
class Expectation:
    """One expected file: its keys, its numbers with their tolerances, and the query that must give the same rows.

    `query` names the columns as the file does. `{closed}` stands for the first month that is not closed. Columns of the
    file that are `ignored` say what no mart says in these words.
    """

    name: str
    keys: Sequence[str]
    query: str
    tolerances: Mapping[str, Decimal] = field(default_factory=dict)
    counts: Sequence[str] = ()
    ignored: Sequence[str] = ()
    is_surplus: Callable[[Mapping[str, Value]], bool] = bool

    @property
    def numbers(self) -> list[str]:
        return [*self.tolerances, *self.counts]
