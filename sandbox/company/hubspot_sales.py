"""HubSpot's shape of leads, line items, meetings, calls, e-mails and tasks (CRM v3 objects)."""

from .clock import iso_date, iso_millis
from .closing import UNITS_PER_DOLLAR
from .hubspot_objects import Object, history, record, written
from .leads_worked import NEW
from .sales_decisions import Call, Lead, LineItem, Mail, Meeting, Sales, Task

# HubSpot's own dispositions. Source: https://developers.hubspot.com/docs/api-reference/crm-calls-v3/guide
_CONNECTED, _NO_ANSWER = "f240bbac-87c9-4f6e-bf70-924b57d47db7", "73a0d17f-1163-4015-bdd5-ec830791da20"
_FREQUENCIES = {1: "monthly", 3: "quarterly", 12: "annually"}


def _common(object_id: str, owner: str | None, created: int, updated: int) -> Object:
    return {
        "hs_object_id": object_id,
        "hs_createdate": iso_millis(created),
        "hs_lastmodifieddate": iso_millis(updated),
        "hs_merged_object_ids": None,
        "hubspot_owner_id": owner,
    }


def lead(found: Lead) -> Object:
    """A lead with the history of its stage."""
    created, updated = found.stages[0][1], found.stages[-1][1]
    properties = {
        **_common(found.id, found.owner, created, updated),
        "hs_lead_name": found.name,
        "hs_lead_label": found.label,
        "hs_lead_type": "NEW_BUSINESS",
        "hs_pipeline": "lead-pipeline-id",
        "hs_pipeline_stage": found.stages[-1][0],
    }
    assert found.stages[0][0] == NEW, "every lead begins as new"
    histories = {"hs_pipeline_stage": history(found.stages)}
    return record(found.id, properties, histories, created=created, updated=updated)


def line_item(found: LineItem) -> Object:
    """A line item, billed every so many months for a year."""
    amount = found.amount * UNITS_PER_DOLLAR[found.currency]
    yearly = written(amount)
    properties = {
        **_common(found.id, None, found.created, found.created),
        "createdate": iso_millis(found.created),
        "name": found.name,
        "quantity": str(found.quantity),
        "price": written(amount // found.quantity),
        "amount": yearly,
        "discount": None,
        "hs_discount_percentage": None,
        "hs_acv": yearly,
        "hs_arr": yearly,
        "hs_tcv": yearly,
        "hs_mrr": written(amount // 12),
        "hs_line_item_currency_code": found.currency.upper(),
        "hs_product_id": None,
        "hs_sku": found.name.lower().replace(" ", "-"),
        "hs_recurring_billing_period": "P12M",
        "hs_recurring_billing_start_date": iso_date(found.starts),
        "recurringbillingfrequency": _FREQUENCIES[found.months],
    }
    return record(found.id, properties, {}, created=found.created, updated=found.created)


def meeting(found: Meeting) -> Object:
    """A meeting; its outcome is written down when it is over."""
    updated = found.booked if found.outcome == "SCHEDULED" else found.start
    properties = {
        **_common(found.id, found.owner, found.booked, updated),
        "hs_activity_type": found.kind,
        "hs_timestamp": iso_millis(found.start),
        "hs_meeting_start_time": iso_millis(found.start),
        "hs_meeting_end_time": iso_millis(found.end),
        "hs_meeting_outcome": found.outcome,
        "hs_meeting_source": "CRM_UI",
    }
    return record(found.id, properties, {}, created=found.booked, updated=updated)


def call(found: Call) -> Object:
    """A call, its length in milliseconds."""
    properties = {
        **_common(found.id, found.owner, found.at, found.at),
        "hs_activity_type": None,
        "hs_timestamp": iso_millis(found.at),
        "hs_call_direction": "INBOUND" if found.inbound else "OUTBOUND",
        "hs_call_disposition": _CONNECTED if found.seconds else _NO_ANSWER,
        "hs_call_duration": str(found.seconds * 1000),
        "hs_call_status": "COMPLETED" if found.seconds else "NO_ANSWER",
    }
    return record(found.id, properties, {}, created=found.at, updated=found.at)


def mail(found: Mail) -> Object:
    """An e-mail between two people."""
    properties = {
        **_common(found.id, found.owner, found.at, found.at),
        "hs_activity_type": None,
        "hs_timestamp": iso_millis(found.at),
        "hs_email_direction": "INCOMING_EMAIL" if found.incoming else "EMAIL",
        "hs_email_status": "SENT",
        "hs_email_open_count": str(found.opens),
        "hs_email_click_count": str(found.clicks),
        "hs_email_reply_count": str(found.replies),
    }
    return record(found.id, properties, {}, created=found.at, updated=found.at)


def task(found: Task) -> Object:
    """A task."""
    updated = found.created if found.done is None else found.done
    properties = {
        **_common(found.id, found.owner, found.created, updated),
        "hs_activity_type": None,
        "hs_timestamp": iso_millis(found.due),
        "hs_task_completion_date": None if found.done is None else iso_millis(found.done),
        "hs_task_priority": "MEDIUM",
        "hs_task_status": "NOT_STARTED" if found.done is None else "COMPLETED",
        "hs_task_type": found.kind,
    }
    return record(found.id, properties, {}, created=found.created, updated=updated)


def sales_objects(sales: Sales) -> dict[str, list[Object]]:
    """What sales people did, by the name of its file."""
    return {
        "leads": [lead(x) for x in sales.leads],
        "line_items": [line_item(x) for x in sales.line_items],
        "meetings": [meeting(x) for x in sales.meetings],
        "calls": [call(x) for x in sales.calls],
        "emails": [mail(x) for x in sales.mails],
        "tasks": [task(x) for x in sales.tasks],
    }
