"""HubSpot's shape of contacts, companies, deals, owners, pipelines, stages and associations (CRM v3 objects).

Property values are strings or null, histories are newest first, as the API has them.
"""

from collections.abc import Iterator
from typing import Any

from .clock import DAY, iso_millis
from .crm_decisions import STAGES, Company, Contact, Crm, Deal
from .deals import PIPELINE, RENEWALS
from .journeys import OWNERS

Object = dict[str, Any]

_PROBABILITY = {
    "appointmentscheduled": "0.2", "presentationscheduled": "0.4", "contractsent": "0.8", "closedwon": "1.0",
    "closedlost": "0.0", "910001": "0.5", "910002": "1.0", "910003": "0.0",
}  # fmt: skip
_LABELS = {
    "default": ("Sales pipeline", ("Appointment", "Demo", "Contract", "Closed won", "Closed lost")),
    RENEWALS: ("Renewals", ("Talking", "Signed", "Left")),
}
_PIPELINES = {"default": (*PIPELINE, "closedwon", "closedlost"), RENEWALS: ("910001", "910002", "910003")}
_STAGE_LABELS = (
    "Subscriber", "Lead", "Marketing Qualified Lead", "Sales Qualified Lead", "Opportunity", "Customer", "Evangelist",
)  # fmt: skip


def _record(
    record_id: str, properties: Object, histories: Object, *, created: int, updated: int, archived: int | None
) -> Object:
    found: Object = {
        "id": record_id,
        "properties": properties,
        "propertiesWithHistory": histories,
        "createdAt": iso_millis(created),
        "updatedAt": iso_millis(updated),
        "archived": archived is not None,
    }
    if archived is not None:
        found["archivedAt"] = iso_millis(archived)
    return found


def contact(person: Contact) -> Object:
    """A contact with its lifecycle history."""
    entries = sorted(person.entries, key=lambda e: e.at)
    updated = max([person.created, person.archived_at or 0, *(e.at for e in entries)])
    properties: Object = {
        "hs_object_id": person.id,
        "email": person.email,
        "firstname": person.first,
        "lastname": person.last,
        "createdate": iso_millis(person.created),
        "lastmodifieddate": iso_millis(updated),
        "lifecyclestage": entries[-1].stage if entries else None,
        "hs_additional_emails": ";".join(person.more_emails) or None,
        "hs_merged_object_ids": ";".join(person.merged) or None,
        "hubspot_owner_id": person.owner,
        "hs_analytics_source": person.source,
        "associatedcompanyid": person.company,
    }
    for entry in entries:
        if entry.stage:
            properties.setdefault(f"hs_v2_date_entered_{entry.stage}", iso_millis(entry.at))
    history = [{"value": e.stage, "timestamp": iso_millis(e.at), "sourceType": e.source} for e in reversed(entries)]
    return _record(
        person.id,
        properties,
        {"lifecyclestage": history},
        created=person.created,
        updated=updated,
        archived=person.archived_at,
    )


def company(firm: Company) -> Object:
    """A company."""
    updated = max(firm.created, firm.archived_at or 0)
    properties = {
        "hs_object_id": firm.id,
        "name": firm.name,
        "domain": firm.domain,
        "createdate": iso_millis(firm.created),
        "hs_lastmodifieddate": iso_millis(updated),
        "lifecyclestage": None,
        "hubspot_owner_id": firm.owner,
        "hs_merged_object_ids": ";".join(firm.merged) or None,
        "numberofemployees": str(firm.employees),
        "country": firm.country,
    }
    return _record(firm.id, properties, {}, created=firm.created, updated=updated, archived=firm.archived_at)


def deal(found: Deal) -> Object:
    """A deal with the history of its stages."""
    stage, at = found.stages[-1]
    updated = max(at, found.archived_at or 0)
    properties = {
        "hs_object_id": found.id,
        "dealname": found.name,
        "amount": None if found.amount is None else str(found.amount),
        "deal_currency_code": "USD",
        "closedate": iso_millis(found.closes),
        "createdate": iso_millis(found.created),
        "dealstage": stage,
        "pipeline": found.pipeline,
        "hs_is_closed": str(found.outcome != "open").lower(),
        "hs_is_closed_won": str(found.outcome == "won").lower(),
        "hs_deal_stage_probability": _PROBABILITY[stage],
        "hubspot_owner_id": found.owner,
        "hs_lastmodifieddate": iso_millis(updated),
    }
    history = [{"value": s, "timestamp": iso_millis(t), "sourceType": "CRM_UI"} for s, t in reversed(found.stages)]
    return _record(
        found.id, properties, {"dealstage": history}, created=found.created, updated=updated, archived=found.archived_at
    )


def owners(created: int) -> Iterator[Object]:
    """The owners; the last one has left."""
    for number, owner_id in enumerate(OWNERS, 1):
        yield {
            "id": owner_id,
            "email": f"owner{number}@seller.example",
            "type": "PERSON",
            "firstName": "Owner",
            "lastName": str(number),
            "userId": 700 + number,
            "createdAt": iso_millis(created),
            "updatedAt": iso_millis(created),
            "archived": owner_id == OWNERS[-1],
            "teams": [],
        }


def deal_pipelines(created: int) -> Iterator[Object]:
    """Both pipelines with their stages."""
    dates = {"createdAt": iso_millis(created), "updatedAt": iso_millis(created)}
    for order, (pipeline, stages) in enumerate(_PIPELINES.items()):
        label, labels = _LABELS[pipeline]
        yield {
            "id": pipeline,
            "label": label,
            "displayOrder": order,
            "archived": False,
            **dates,
            "stages": [
                {
                    "id": stage,
                    "label": stage_label,
                    "displayOrder": n,
                    "archived": False,
                    **dates,
                    "metadata": {
                        "isClosed": str(_PROBABILITY[stage] in ("0.0", "1.0")).lower(),
                        "probability": _PROBABILITY[stage],
                    },
                }
                for n, (stage, stage_label) in enumerate(zip(stages, labels, strict=True))
            ],
        }


def lifecycle_stages() -> Iterator[Object]:
    """The options of the `lifecyclestage` property."""
    options = [*zip((*_STAGE_LABELS, "Other"), (*STAGES, "other"), strict=True)]
    for order, (label, value) in enumerate(options):
        yield {"label": label, "value": value, "displayOrder": order, "hidden": False, "description": ""}


def _link(from_id: str, to_id: str, *types: tuple[int, str | None]) -> Object:
    kinds = [{"category": "HUBSPOT_DEFINED", "typeId": type_id, "label": label} for type_id, label in types]
    return {"from": from_id, "to": to_id, "types": kinds}


def associations(crm: Crm) -> dict[str, list[Object]]:
    """All associations, by the name of their file."""
    people = [_link(c.id, c.company, (1, "Primary"), (279, None)) for c in crm.contacts if c.company]
    people += [
        _link(c.id, c.other_company, (279, None))
        for c in crm.contacts
        if c.other_company and c.other_company != c.company
    ]
    return {
        "associations_contacts_companies": people,
        "associations_deals_companies": [
            _link(d.id, d.company, (5, "Primary"), (341, None)) for d in crm.deals if d.company
        ],
        "associations_deals_contacts": [_link(d.id, d.contact, (3, None)) for d in crm.deals if d.contact],
    }


def hubspot_objects(crm: Crm, opens: int) -> dict[str, list[Object]]:
    """Every HubSpot object, by the name of its file; `opens` is when the company began."""
    made = opens - 200 * DAY
    return {
        "contacts": [contact(c) for c in crm.contacts],
        "companies": [company(c) for c in crm.companies],
        "deals": [deal(d) for d in crm.deals],
        "owners": list(owners(made)),
        "deal_pipelines": list(deal_pipelines(made)),
        "lifecycle_stages": list(lifecycle_stages()),
        **associations(crm),
    }
