"""Keeping a channel's address out of logs and files: it is a password to whoever has it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

if TYPE_CHECKING:
    from apprise import NotifyBase

_SHORTEST = 4  # shorter parts (`a`, `v1`) are no secrets, and would make holes in every sentence


def without_secrets(text: str, service: NotifyBase) -> str:
    """A text in which nothing of the channel's URL is left but the host that Apprise itself shows."""
    for part in sorted(_secrets(service), key=len, reverse=True):
        text = text.replace(part, "...")
    return text


def _secrets(service: NotifyBase) -> set[str]:
    full, shown = urlsplit(str(service.url(privacy=False))), urlsplit(str(service.url(privacy=True)))
    # What Apprise always adds (method=POST, overflow=upstream) is the same in both; +, - and : begin a user's own.
    harmless = set(parse_qsl(shown.query))
    values = [
        value
        for name, value in parse_qsl(full.query)
        if (name, value) not in harmless or name.startswith(("+", "-", ":"))
    ]
    parts = [*re.split(r"[/@:]", f"{full.netloc}/{full.path}"), *values]
    return {
        form for part in parts for form in (part, unquote(part)) if len(form) >= _SHORTEST and form != shown.hostname
    }
