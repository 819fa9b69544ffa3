"""What bounds a generated company: how large it is, and the time it lives in."""

from dataclasses import dataclass

from .clock import add_months, month_start


@dataclass(frozen=True, slots=True)
class Frame:
    """The arguments of a company; `as_of` is its now, epoch seconds UTC."""

    seed: int
    customers: int
    months: int
    as_of: int

    @property
    def opens(self) -> int:
        """The company's first instant: as many whole months before the month of `as_of` as asked for."""
        return add_months(month_start(self.as_of), -self.months)

    @property
    def new_list_from(self) -> int:
        """When the newer Starter price came: about two fifths of the company's time ago."""
        return add_months(month_start(self.as_of), -(self.months * 2 // 5))
