"""The forms of HubSpot's answers. An answer of another form is no answer: parsing it raises ValueError.

Objects stay bytes; only what is needed to go on is parsed.
"""

from __future__ import annotations

import msgspec


class _Next(msgspec.Struct):
    after: str


class _Paging(msgspec.Struct):
    next: _Next | None = None


class ResultsPage(msgspec.Struct):
    """The envelope of a list, a search or a batch read."""

    results: list[msgspec.Raw]
    paging: _Paging | None = None
    errors: list[msgspec.Raw] = []

    @property
    def after(self) -> str | None:
        """Where the next page begins; None on the last one. A short page may still have a next one."""
        return self.paging.next.after if self.paging and self.paging.next else None


class _Identified(msgspec.Struct):
    id: str


class _Object(msgspec.Struct):
    id: str
    properties: msgspec.Raw


class _Property(msgspec.Struct):
    options: list[msgspec.Raw]


class _Option(msgspec.Struct):
    value: str


class _EventTypes(msgspec.Struct):
    eventTypes: list[str]


class _TokenInfo(msgspec.Struct):
    scopes: list[str]


class _Account(msgspec.Struct):
    portalId: int


class _Budget(msgspec.Struct):
    budgetItems: list[msgspec.Raw]
    spendItems: list[msgspec.Raw]


_identified = msgspec.json.Decoder(_Identified)
_object = msgspec.json.Decoder(_Object)
_property = msgspec.json.Decoder(_Property)
_option = msgspec.json.Decoder(_Option)
_event_types = msgspec.json.Decoder(_EventTypes)
_token_info = msgspec.json.Decoder(_TokenInfo)
_account = msgspec.json.Decoder(_Account)
_budget = msgspec.json.Decoder(_Budget)

parse_page = msgspec.json.Decoder(ResultsPage).decode
# Web analytics: the figures by source of every month.
parse_analytics = msgspec.json.Decoder(dict[str, list[msgspec.Raw]]).decode


def parse_id(raw: msgspec.Raw) -> str:
    """The id of an object."""
    return _identified.decode(raw).id


def parse_object(body: bytes) -> msgspec.Raw:
    """A single object, which stays as it is."""
    _object.decode(body)
    return msgspec.Raw(body)


def parse_options(body: bytes) -> list[msgspec.Raw]:
    """The options of an enumerated property."""
    return _property.decode(body).options


def parse_option_value(raw: msgspec.Raw) -> str:
    """The internal name of an option."""
    return _option.decode(raw).value


def parse_event_types(body: bytes) -> list[str]:
    """The names of all event types."""
    return _event_types.decode(body).eventTypes


def parse_scopes(body: bytes) -> list[str]:
    """What a token may do."""
    return _token_info.decode(body).scopes


def parse_portal(account: msgspec.Raw) -> int:
    """The number of the account that was asked."""
    return _account.decode(account).portalId


def parse_budget(body: bytes) -> msgspec.Raw:
    """A campaign's budget and spend, which stay as they are."""
    _budget.decode(body)
    return msgspec.Raw(body)


def parse_account(body: bytes) -> msgspec.Raw:
    """The account's details, which stay as they are."""
    _account.decode(body)
    return msgspec.Raw(body)
