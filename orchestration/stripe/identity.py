"""Which Stripe account a key is of, and in which mode it reads it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from orchestration.limits import LOOPBACK
from orchestration.origin import Owner
from orchestration.settings import Settings
from orchestration.stripe.client import StripeClient


def owner(settings: Settings, log: Callable[[str], None]) -> Owner:
    """`account` where Stripe tells it, `mode` (live or test) where the key does. Raises UserError like any request."""
    told = {"account": StripeClient(settings, log=log).account_id(), "mode": mode(settings)}
    return Owner({name: value for name, value in told.items() if value})


def mode(settings: Settings) -> str | None:
    """The mode by the key's prefix; None for a server on this machine, which need not follow it."""
    if urlsplit(settings.stripe_api_base or "").hostname in LOOPBACK or settings.stripe_api_key is None:
        return None
    key = settings.stripe_api_key.get_secret_value()
    return "live" if "_live_" in key else "test" if "_test_" in key else None
