"""What a living account writes, held against the vendor's own schema and the SDK's list of event types."""

import inspect
import json
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator
from stripe import _event as sdk_event

from sandbox.clock import Clock
from sandbox.ndjson import decode, encode
from sandbox.stripe_api.account import Account
from sandbox.stripe_api.catalog import RESOURCES
from sandbox.stripe_api.changes import Changes
from sandbox.stripe_api.events import LIFECYCLES
from sandbox.stripe_api.meters import SummaryQuery

SPEC = Path(__file__).resolve().parents[4] / "shared/specs/stripe-openapi.json"
needs_spec = pytest.mark.skipif(not SPEC.exists(), reason=f"the vendor's schema is not at {SPEC}")


def nullable_as_json_schema(node: Any) -> Any:
    """OpenAPI 3.0's `nullable: true` written the way JSON schema has it."""
    if isinstance(node, list):
        return [nullable_as_json_schema(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    found = {key: nullable_as_json_schema(value) for key, value in node.items() if key != "nullable"}
    return {"anyOf": [found, {"type": "null"}]} if node.get("nullable") is True else found


@lru_cache(maxsize=1)
def schemas() -> dict[str, Any]:
    return nullable_as_json_schema(json.loads(SPEC.read_text())["components"]["schemas"])


def complaints(kind: str, found: Any) -> list[str]:
    """What the vendor's schema of a kind has against an object."""
    validator = Draft4Validator({"components": {"schemas": schemas()}, "$ref": f"#/components/schemas/{kind}"})
    return [error.message for error in validator.iter_errors(json.loads(encode(found)))]


def test_stripe_has_every_event_type_that_is_written() -> None:
    known = inspect.getsource(sdk_event)
    for resource, lifecycle in LIFECYCLES.items():
        assert resource in RESOURCES
        kinds = {lifecycle.created, lifecycle.updated, lifecycle.deleted, *lifecycle.by_status.values()} - {None}
        assert [kind for kind in kinds if f'"{kind}"' not in known] == []


@needs_spec
def test_changes_fit_the_vendors_schema(scenarios_dir: Path) -> None:
    """One object of each kind is changed and, where Stripe can, deleted; objects and events are as the spec says."""
    account = Account(scenarios_dir / "stripe", Clock(datetime(2026, 3, 15, 12, tzinfo=UTC)))
    changes = Changes(account)
    written: list[str] = []
    for name in ("customers", "subscriptions", "products", "coupons", "invoiceitems"):
        resource, collection = RESOURCES[name], account.collections[name]
        object_id = next(each for each in collection.ids if b'"plan"' not in (collection.find(each) or b""))
        metadata = {"id": object_id, "metadata": {"key": "value"}}
        written += changes.upsert(resource, metadata)
        assert complaints(resource.kind, decode(collection.find(object_id) or b"")) == []
        written += changes.delete(resource, object_id)
        stored = collection.find(object_id)
        if name == "customers":
            assert complaints("deleted_customer", decode(stored or b"")) == []
        elif name != "subscriptions":
            assert stored is None
    events = [decode(account.find(RESOURCES["events"], event_id) or b"") for event_id in written]
    assert len(events) == 9  # two a kind, but invoice items have no event for a change
    assert [event["type"] for event in events if complaints("event", event)] == []


@needs_spec
def test_usage_summaries_fit_the_vendors_schema(tmp_path: Path) -> None:
    account = Account(tmp_path)
    meter = {"id": "mtr_1", "livemode": True}
    (summary,) = account.meter_events.summaries(meter, SummaryQuery("cus_1", 0, 60, None))
    assert complaints("billing.meter_event_summary", summary) == []
