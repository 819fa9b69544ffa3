"""What of an object is a person's, and the object without it: the rules of erasure, for both vendors.

Used by the command (`orchestration/erase.py`) on what is stored, and at every landing on what comes in again. Ids,
times, amounts, quantities, statuses and references stay, so no figure of revenue changes; names, addresses, e-mails,
phone numbers, means of payment and free text go.

A person is known by keys: a Stripe id as it is, which no other object has, and `contacts:123` for HubSpot, where a
deal may have the same number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from orchestration.records import JsonObject

BLANK = "[erased]"  # stands for an e-mail address in the middle of a text

# Fields of Stripe objects, at any depth. `name` and `description` of what is sold are not a person's: see _CATALOGUE.
_STRIPE_PERSONAL = frozenset(
    {
        "address",
        "billing_details",
        "business_name",
        "comment",
        "custom_fields",
        "customer_address",
        "customer_details",
        "customer_email",
        "customer_name",
        "customer_phone",
        "customer_purchase_ip",
        "customer_shipping",
        "customer_tax_ids",
        "description",
        "email",
        "evidence",
        "footer",
        "hosted_invoice_url",
        "individual_name",
        "invoice_pdf",
        "memo",
        "name",
        "payment_method_details",
        "phone",
        "preferred_locales",
        "receipt_email",
        "receipt_url",
        "shipping",
        "shipping_details",
        "sources",
        "tax_ids",
    }
)
_CATALOGUE = frozenset({"coupon", "plan", "price", "product", "promotion_code", "tax_rate"})
_COUNTRY = "country"  # of an address: says nothing about who lives there, and figures by market need it
# What the models read of metadata; everything else in there is free text of the account's own.
_METADATA_KEPT = frozenset({"hubspot_company_id", "segment"})
_STRIPE_REFERENCES = ("id", "customer", "charge", "source")

# Properties of a person in HubSpot that are nobody's secret. All others go: an account adds its own, under any name.
_HUBSPOT_KEPT = re.compile(
    r"associatedcompanyid|createdate|lastmodifieddate|lifecyclestage|hubspot_owner_id|segment|country"
    r"|hs_(lastmodifieddate|createdate|object_id|object_source|merged_object_ids|analytics_source|lead_status"
    r"|pipeline|pipeline_stage|timestamp|contact_id|email_(click|delivered|open)|survey_.*|value|response_group"
    r"|(v2_)?date_.*)"
)
_HUBSPOT_PERSONAL = frozenset({"email", "firstName", "lastName"})  # of an owner, outside of its properties
_HUBSPOT_CONTACT = ("contactId", "hs_contact_id", "contact_id")

# An address in a text, whole: lisa.anna@x.com and anna@x.com.au are other people's than anna@x.com. It begins with a
# letter or digit, so that brackets and bullets before it are no part of it, and ends before a sentence's full stop.
_EMAIL = re.compile(r"\b\w[\w.+%'&#!$~-]*@\w+(?:-+\w+)*(?:\.\w+(?:-+\w+)*)+")
_JSON_BREAK = re.compile(r"\\[bfnrt]")  # a line break or tab in a JSON text that cannot be parsed


@dataclass(frozen=True, slots=True)
class Vendor:
    """How one vendor's objects say whose they are, and where they carry personal data."""

    keys: Callable[[JsonObject, str], Iterator[str]]
    blank: Callable[[JsonObject], JsonObject]


def _stripe_keys(value: JsonObject, _stream: str) -> Iterator[str]:
    """The ids an object belongs to: its own, its customer's, its charge's; of an event those of the object within."""
    data = value.get("data") if value.get("object") == "event" else None
    for holder in (value, data.get("object") if isinstance(data, dict) else None, value.get("source")):
        if isinstance(holder, dict):
            for name in _STRIPE_REFERENCES:
                found = holder.get(name)
                yield str(found.get("id") if isinstance(found, dict) else found)


def _hubspot_keys(value: JsonObject, stream: str) -> Iterator[str]:
    """The object itself and the contact that it is about."""
    yield f"{stream}:{value.get('id')}"
    if str(value.get("objectType")).upper() == "CONTACT":
        yield f"contacts:{value.get('objectId')}"
    properties = value.get("properties")
    for holder in (value, properties if isinstance(properties, dict) else {}):
        for name in _HUBSPOT_CONTACT:
            yield f"contacts:{holder.get(name)}"


def _blank_stripe(value: Any) -> Any:
    if isinstance(value, list):
        return [_blank_stripe(element) for element in value]
    if not isinstance(value, dict) or str(value.get("object")) in _CATALOGUE:
        return value
    blanked = {}
    for name, field in value.items():
        if name in _STRIPE_PERSONAL:
            blanked[name] = _emptied(field)
        elif name == "metadata" and isinstance(field, dict):
            blanked[name] = {key: text for key, text in field.items() if key in _METADATA_KEPT}
        else:
            blanked[name] = _blank_stripe(field)
    return blanked


def _blank_hubspot(value: JsonObject) -> JsonObject:
    blanked = {name: None if name in _HUBSPOT_PERSONAL else field for name, field in value.items()}
    for part in ("properties", "propertiesWithHistory"):
        fields = value.get(part)
        if isinstance(fields, dict):
            blanked[part] = {
                name: field if _HUBSPOT_KEPT.fullmatch(name) else _emptied(field) for name, field in fields.items()
            }
    return blanked


def _emptied(field: Any) -> Any:
    """Nothing, in the field's own shape; of an address its country."""
    if isinstance(field, list):
        return []
    if isinstance(field, dict) and field.get(_COUNTRY):
        return {name: text if name == _COUNTRY else None for name, text in field.items()}
    return None


VENDORS = {
    "stripe": Vendor(_stripe_keys, _blank_stripe),
    "hubspot": Vendor(_hubspot_keys, _blank_hubspot),
}


def belongs(value: JsonObject, source: str, stream: str, keys: Container[str]) -> bool:
    """Whether an object is about one of the people."""
    return any(key in keys for key in VENDORS[source].keys(value, stream))


def blanked(value: JsonObject, source: str) -> JsonObject:
    """The object without what is personal."""
    return VENDORS[source].blank(value)


def needle(keys: Iterable[str]) -> str:
    """A pattern that is in the text of every object of these people: a cheap search before anything is parsed."""
    return "|".join(rf"\b{re.escape(key.rpartition(':')[2])}\b" for key in sorted(keys))


def address_needle(addresses: Iterable[str]) -> str:
    """A pattern that is in the text of every object that names one of the addresses, and of some that do not.

    It has no bounds: in JSON the character before an address may be the n of a line break.
    """
    return "|".join(re.escape(address) for address in sorted(addresses))


def emails(value: Any) -> set[str]:
    """Every e-mail address in the texts of an object, in small letters."""
    if isinstance(value, str):
        return {found.lower() for found in _EMAIL.findall(value)} if "@" in value else set()
    elements = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return set().union(*(emails(element) for element in elements))


def emails_in_json(text: str) -> set[str]:
    """Every e-mail address in a JSON text that may be broken, in small letters."""
    return emails(_JSON_BREAK.sub(" ", text))


def without_emails(value: Any, addresses: Container[str]) -> Any:
    """The object with BLANK wherever its texts hold one of the addresses (in small letters), and no other one."""
    if isinstance(value, str):
        return _EMAIL.sub(lambda found: BLANK if found[0].lower() in addresses else found[0], value)
    if isinstance(value, list):
        return [without_emails(element, addresses) for element in value]
    if isinstance(value, dict):
        return {name: without_emails(field, addresses) for name, field in value.items()}
    return value
