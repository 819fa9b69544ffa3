"""Which HubSpot account a token is of."""

from __future__ import annotations

from collections.abc import Callable

from orchestration.hubspot.answers import parse_portal
from orchestration.hubspot.client import HubSpotClient, Misunderstood, NotFound, Refused
from orchestration.settings import Settings


def identity(settings: Settings, log: Callable[[str], None]) -> dict[str, str]:
    """`portal`, HubSpot's number of the account; nothing where HubSpot does not say. Raises UserError like any request.

    Every token may ask. Source:
    https://developers.hubspot.com/docs/api-reference/latest/account/account-information/guide
    """
    try:
        portal = HubSpotClient(settings, log=log).get("account", parse_portal, {})
    except (Misunderstood, NotFound, Refused):
        return {}
    return {"portal": str(portal)}
