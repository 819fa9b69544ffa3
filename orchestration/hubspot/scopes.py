"""What the token may do besides reading, said once before anything is read."""

from __future__ import annotations

from orchestration import retries
from orchestration.hubspot.client import HubSpotClient
from orchestration.settings import Settings, UserError

NAMED = 3  # scopes that the warning lists; the rest is counted


def token_warning(settings: Settings) -> str | None:
    """One line about a token that can also write; None if it cannot, or if HubSpot does not say.

    HubSpot documents the question for tokens of private apps. Where it has no answer, that is no reason to stop.
    """
    client = HubSpotClient(settings, log=lambda _: None, backoff=retries.IMPATIENT)
    try:
        writing = sorted(scope for scope in client.token_scopes() if scope.endswith(".write"))
    except UserError:
        return None
    if not writing:
        return None
    more = f" and {len(writing) - NAMED} more" if len(writing) > NAMED else ""
    return (
        f"HUBSPOT_ACCESS_TOKEN can also write ({', '.join(writing[:NAMED])}{more}); use one with read scopes only "
        "(HubSpot > Development > Keys > Service keys > Create service key)"
    )
