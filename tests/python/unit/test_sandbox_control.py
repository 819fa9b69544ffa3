"""Who may move the accounts, and what is counted."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Message

from sandbox.gates import forbidden
from sandbox.ndjson import decode
from sandbox.server import create_app
from sandbox.state import Sandbox


async def ask(app: Any, path: str, client: tuple[str, int] | None) -> int:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "query_string": b"", "headers": []}
    await app({**scope, "client": client, "server": ("127.0.0.1", 1), "scheme": "http"}, receive, send)
    return sent[0]["status"]


@pytest.mark.parametrize(
    ("client", "status"),
    [(("127.0.0.1", 5), 200), (("::1", 5), 200), (("10.0.0.7", 5), 403), (("nowhere", 5), 403), (None, 403)],
)
def test_only_this_machine_moves_the_accounts(tmp_path: Path, client: tuple[str, int] | None, status: int) -> None:
    (tmp_path / "stripe").mkdir()
    sandbox = Sandbox(tmp_path)
    assert asyncio.run(ask(create_app(sandbox), "/_sandbox/clock", client)) == status
    assert sandbox.requests.total() == 0
    asyncio.run(ask(create_app(sandbox), "/v1/invoices/in_1/lines", client))
    assert sandbox.requests == {"GET /v1/invoices/{id}/lines": 1}


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("/crm/v3/objects/leads", "crm.objects.leads.read"),
        ("/crm/objects/2026-09/leads/search", "crm.objects.leads.read"),
        ("/crm/v3/owners", "crm.objects.owners.read"),
        ("/marketing/v3/campaigns", "marketing.campaigns.read"),
        ("/marketing/emails/2026-09", "marketing-email"),
        ("/analytics/v2/reports/sources/monthly", "business-intelligence"),
    ],
)
def test_a_refusal_names_the_scope(path: str, scope: str) -> None:
    body = decode(bytes(forbidden(path, "acct_1").body))
    assert body["category"] == "MISSING_SCOPES"
    assert body["errors"][0]["context"]["requiredGranularScopes"] == [scope]
