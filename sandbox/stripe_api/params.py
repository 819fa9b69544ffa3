"""Query strings as Stripe reads them: `created[gte]=1`, `expand[]=data.customer`, `expand[0]=data.customer`."""

import re
from typing import NamedTuple
from urllib.parse import parse_qsl

from sandbox.stripe_api.errors import invalid, unknown_parameters

_SUBKEY = re.compile(r"\[([^\]]*)\]")


class Window(NamedTuple):
    """A range of whole seconds, both ends included; None is open."""

    first: int | None = None
    last: int | None = None


class Params:
    """The parameters of one request. Every reader raises the error that Stripe would send."""

    def __init__(self, query: str) -> None:
        self._values: dict[str, list[tuple[str, str]]] = {}
        for key, value in parse_qsl(query, keep_blank_values=True):
            root, _, rest = key.partition("[")
            subkey = ".".join(_SUBKEY.findall("[" + rest)) if rest else ""
            self._values.setdefault(root, []).append((subkey, value))

    def only(self, *known: str) -> None:
        """Refuse parameters that are not among `known`."""
        unknown = [name for name in self._values if name not in known]
        if unknown:
            raise unknown_parameters(unknown)

    def text(self, name: str, choices: tuple[str, ...] = ()) -> str | None:
        """One value; where there are choices, one of them."""
        value = self._values.get(name, [("", None)])[-1][1]
        if value == "":
            raise invalid(name, f"You passed an empty string for '{name}'.", "parameter_invalid_empty")
        if value is not None and choices and value not in choices:
            allowed = ", ".join(choices[:-1]) + f", or {choices[-1]}"
            raise invalid(name, f"Invalid {name}: must be one of {allowed}")
        return value

    def boolean(self, name: str) -> bool | None:
        """`true` or `false`."""
        value = self.text(name)
        if value not in (None, "true", "false"):
            raise invalid(name, f"Invalid boolean: {value}")
        return None if value is None else value == "true"

    def limit(self) -> int:
        """The page size: 1 to 100, 10 when not given."""
        value = self.text("limit")
        if value is None:
            return 10
        number = _integer("limit", value)
        if number < 1:
            raise invalid("limit", "This value must be greater than or equal to 1.", "parameter_invalid_integer")
        if number > 100:
            raise invalid("limit", "This value must be less than or equal to 100.", "parameter_invalid_integer")
        return number

    def texts(self, name: str) -> list[str]:
        """An array, in the order given, written `name[]=`, `name[0]=` or once as `name=`."""
        return [value for _, value in self._values.get(name, [])]

    def window(self, name: str) -> Window:
        """`name=second` or any of `name[gt|gte|lt|lte]=second`."""
        window = Window()
        for operator, value in self._values.get(name, []):
            number = _integer(f"{name}[{operator}]" if operator else name, value)
            match operator:
                case "":
                    window = Window(number, number)
                case "gt" | "gte":
                    first = number + 1 if operator == "gt" else number
                    window = window._replace(first=first if window.first is None else max(first, window.first))
                case "lt" | "lte":
                    last = number - 1 if operator == "lt" else number
                    window = window._replace(last=last if window.last is None else min(last, window.last))
                case _:
                    raise unknown_parameters([f"{name}[{operator}]"])
        return window


def _integer(name: str, value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise invalid(name, f"Invalid integer: {value}", "parameter_invalid_integer") from None
