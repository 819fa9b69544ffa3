"""HubSpot's shape of contacts, companies, deals, owners, pipelines, lifecycle stages and of the account itself.

Property values are strings or null, histories are newest first, as the API has them.
"""

from collections.abc import Iterator
from typing import Any

from .clock import DAY, iso_millis
from .closing import local_amount
from .crm_decisions import STAGES, Company, Contact, Crm, Deal, Entry
from .deals import PIPELINE, RENEWALS
from .journeys import OWNERS
from .sales_decisions import SDRS

Object = dict[str, Any]

PORTAL = 1234567
"""The number of the account."""

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


def record(
    record_id: str, properties: Object, histories: Object, *, created: int, updated: int, archived: int | None = None
) -> Object:
    """A CRM object."""
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
    return record(
        person.id,
        properties | _dates_entered(entries),
        {"lifecyclestage": _stage_history(entries)},
        created=person.created,
        updated=updated,
        archived=person.archived_at,
    )


def _dates_entered(entries: list[Entry]) -> Object:
    found: Object = {}
    for entry in entries:
        if entry.stage:
            found.setdefault(f"hs_v2_date_entered_{entry.stage}", iso_millis(entry.at))
    return found


def _stage_history(entries: list[Entry]) -> list[Object]:
    return [{"value": e.stage, "timestamp": iso_millis(e.at), "sourceType": e.source} for e in reversed(entries)]


def company(firm: Company) -> Object:
    """A company with its lifecycle history."""
    happened = (firm.archived_at, firm.churn_noted_at, firm.contacted_at, *(e.at for e in firm.entries))
    updated = max(at or firm.created for at in happened)
    properties = {
        "hs_object_id": firm.id,
        "name": firm.name,
        "domain": firm.domain,
        "createdate": iso_millis(firm.created),
        "hs_lastmodifieddate": iso_millis(updated),
        "lifecyclestage": firm.entries[-1].stage if firm.entries else None,
        "hubspot_owner_id": firm.owner,
        "hs_merged_object_ids": ";".join(firm.merged) or None,
        "numberofemployees": str(firm.employees),
        "country": firm.country,
        "churn_reason": firm.churn_reason,
        "notes_last_contacted": None if firm.contacted_at is None else iso_millis(firm.contacted_at),
        **_dates_entered(firm.entries),
    }
    histories = {"lifecyclestage": _stage_history(firm.entries)}
    return record(firm.id, properties, histories, created=firm.created, updated=updated, archived=firm.archived_at)


def deal(found: Deal) -> Object:
    """A deal with the history of its stages and of its close date."""
    stage, at = found.stages[-1]
    updated = max(at, found.archived_at or 0, found.close_dates[-1][0], *found.touches)
    local, last = local_amount(found), max(found.touches, default=None)
    properties = {
        "hs_object_id": found.id,
        "dealname": found.name,
        "amount": None if local is None else written(local),
        "amount_in_home_currency": None if found.amount is None else str(found.amount),
        "deal_currency_code": found.currency.upper(),
        "closedate": iso_millis(found.closes),
        "createdate": iso_millis(found.created),
        "dealstage": stage,
        "pipeline": found.pipeline,
        "hs_is_closed": str(found.outcome != "open").lower(),
        "hs_is_closed_won": str(found.outcome == "won").lower(),
        "hs_deal_stage_probability": _PROBABILITY[stage],
        "hubspot_owner_id": found.owner,
        "hs_lastmodifieddate": iso_millis(updated),
        "closed_lost_reason": found.lost_reason,
        "notes_last_updated": None if last is None else iso_millis(last),
        "notes_last_contacted": None if last is None else iso_millis(last),
        "notes_next_activity_date": None if found.next_touch is None else iso_millis(found.next_touch),
        "num_notes": str(len(found.touches)),
    }
    histories = {
        "dealstage": history(found.stages),
        "closedate": history([(iso_millis(date), written) for written, date in found.close_dates]),
    }
    return record(found.id, properties, histories, created=found.created, updated=updated, archived=found.archived_at)


def written(hundredths: int) -> str:
    """An amount as somebody typed it: without decimals where there are none."""
    whole, part = divmod(hundredths, 100)
    return f"{whole}.{part:02d}" if part else str(whole)


def history(values: list[tuple[str, int]]) -> list[Object]:
    """The values that a property had, given oldest first, as the API has them: newest first."""
    return [{"value": v, "timestamp": iso_millis(t), "sourceType": "CRM_UI"} for v, t in reversed(values)]


def owners(created: int) -> Iterator[Object]:
    """The owners: sellers, the last of whom has left, and then the SDRs."""
    for number, owner_id in enumerate((*OWNERS, *SDRS), 1):
        team = ("501", "Sales") if owner_id in OWNERS else ("502", "Sales development")
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
            "teams": [{"id": team[0], "name": team[1], "primary": True}],
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


def account() -> Object:
    """The account's details: its books are in dollars, deals are made in euros and kronor too.

    Source: https://developers.hubspot.com/docs/api-reference/latest/account/account-information/get-account-details
    """
    return {
        "portalId": PORTAL,
        "accountType": "STANDARD",
        "timeZone": "US/Eastern",
        "companyCurrency": "USD",
        "additionalCurrencies": ["EUR", "SEK"],
        "utcOffset": "-05:00",
        "utcOffsetMilliseconds": -18_000_000,
        "uiDomain": "app.hubspot.com",
        "dataHostingLocation": "na1",
    }


def crm_objects(crm: Crm, opens: int) -> dict[str, list[Object]]:
    """The CRM's core, by the name of its file; `opens` is when the company began."""
    made = opens - 200 * DAY
    return {
        "account": [account()],
        "contacts": [contact(c) for c in crm.contacts],
        "companies": [company(c) for c in crm.companies],
        "deals": [deal(d) for d in crm.deals],
        "owners": list(owners(made)),
        "deal_pipelines": list(deal_pipelines(made)),
        "lifecycle_stages": list(lifecycle_stages()),
    }
