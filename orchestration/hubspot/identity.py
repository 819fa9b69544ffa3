"""Which HubSpot account a token is of."""

from __future__ import annotations

from collections.abc import Callable

from orchestration.hubspot.answers import parse_account, parse_portal
from orchestration.hubspot.client import HubSpotClient, Misunderstood, NotFound, Refused
from orchestration.origin import Owner
from orchestration.settings import Settings


def owner(settings: Settings, log: Callable[[str], None]) -> Owner:
    """`portal`, HubSpot's number of the account; nothing where HubSpot does not say. Raises UserError like any request.

    Every token may ask. Source:
    https://developers.hubspot.com/docs/api-reference/latest/account/account-information/guide
    """
    try:
        answer = HubSpotClient(settings, log=log).get("account", parse_account, {})
    except (Misunderstood, NotFound, Refused):
        return Owner()
    return Owner({"portal": str(parse_portal(answer))}, answer)
