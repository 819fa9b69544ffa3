"""Generated Stripe objects against the vendor's own schema: each kind, and every branch of what a kind can be."""

import copy
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from sandbox.company import generate

SPEC = Path(__file__).resolve().parents[4] / "shared/specs/stripe-openapi.json"
pytestmark = pytest.mark.skipif(not SPEC.exists(), reason=f"the vendor's schema is not at {SPEC}")

KINDS = {
    "customers": "customer",
    "products": "product",
    "prices": "price",
    "coupons": "coupon",
    "subscriptions": "subscription",
    "invoices": "invoice",
    "invoiceitems": "invoiceitem",
    "events": "event",
    "balance_transactions": "balance_transaction",
    "charges": "charge",
    "disputes": "dispute",
    "billing_meters": "billing.meter",
}


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


def validator(kind: str) -> Draft4Validator:
    return Draft4Validator({"components": {"schemas": schemas()}, "$ref": f"#/components/schemas/{kind}"})


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("schema") / "company"
    generate(folder, customers=260, months=24, seed=5)
    return folder


def shape(value: Any) -> Any:
    """What kind of object this is: its keys, which of them are null, empty or negative, and its enumerated words."""
    if isinstance(value, dict):
        return tuple((key, shape(entry)) for key, entry in sorted(value.items()) if key != "metadata")
    if isinstance(value, list):
        return tuple(sorted({str(shape(entry)) for entry in value}))
    if isinstance(value, str):
        return value if value.replace("_", "").isalpha() and value.islower() else "text"
    return "negative" if isinstance(value, int) and value < 0 else type(value).__name__


def one_of_each(company: Path, stream: str) -> list[dict[str, Any]]:
    """Objects of the current API version, one of every shape."""
    found: dict[Any, dict[str, Any]] = {}
    for line in (company / f"stripe/{stream}.ndjson").read_text().splitlines():
        thing = json.loads(line)
        older = (stream == "invoices" and "parent" not in thing) or (
            stream == "subscriptions" and "billing_mode" not in thing
        )
        if not older and not thing.get("deleted"):
            found.setdefault(shape(thing), thing)
    return list(found.values())


@pytest.mark.parametrize(("stream", "kind"), KINDS.items())
def test_every_shape_of_object_is_valid(company: Path, stream: str, kind: str):
    check, things = validator(kind), one_of_each(company, stream)
    assert things
    for thing in things[:120]:
        errors = [f"{'.'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in check.iter_errors(thing)]
        assert not errors, (thing["id"], errors)


@pytest.mark.parametrize(("stream", "kind"), KINDS.items())
def test_the_check_notices_a_field_that_is_missing(company: Path, stream: str, kind: str):
    check, thing = validator(kind), copy.deepcopy(one_of_each(company, stream)[0])
    required = next(key for key in schemas()[kind]["required"] if key != "id")
    del thing[required]
    assert not check.is_valid(thing)


@pytest.mark.parametrize(("stream", "kind"), KINDS.items())
def test_no_field_is_unknown_to_the_vendor(company: Path, stream: str, kind: str):
    known = set(schemas()[kind]["properties"])
    assert {key for thing in one_of_each(company, stream) for key in thing} <= known


def test_a_deleted_customer_is_a_stub(company: Path):
    lines = (company / "stripe/customers.ndjson").read_text().splitlines()
    stubs = [thing for thing in map(json.loads, lines) if thing.get("deleted")]
    assert stubs
    for stub in stubs:
        assert set(stub) == {"id", "object", "deleted"}
        validator("deleted_customer").validate(stub)
