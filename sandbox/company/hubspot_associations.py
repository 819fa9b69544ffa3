"""HubSpot's shape of associations between CRM objects (v4), by the name of their file."""

from .audience_decisions import Audience
from .crm_decisions import Crm
from .hubspot_objects import Object
from .sales_decisions import Sales

# Type ids of HubSpot's own associations.
# Source: https://developers.hubspot.com/docs/guides/api/crm/associations/associations-v4
_DEAL_TO_LINE_ITEM, _MEETING_TO_CONTACT, _MEETING_TO_DEAL, _FEEDBACK_TO_CONTACT = 19, 200, 212, 98


def _link(from_id: str, to_id: str, *types: tuple[int, str | None]) -> Object:
    kinds = [{"category": "HUBSPOT_DEFINED", "typeId": type_id, "label": label} for type_id, label in types]
    return {"from": from_id, "to": to_id, "types": kinds}


def associations(crm: Crm, sales: Sales, audience: Audience) -> dict[str, list[Object]]:
    """All associations."""
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
        "associations_deals_line_items": [_link(i.deal, i.id, (_DEAL_TO_LINE_ITEM, None)) for i in sales.line_items],
        "associations_meetings_contacts": [_link(m.id, m.contact, (_MEETING_TO_CONTACT, None)) for m in sales.meetings],
        "associations_meetings_deals": [
            _link(m.id, m.deal, (_MEETING_TO_DEAL, None)) for m in sales.meetings if m.deal
        ],
        "associations_feedback_submissions_contacts": [
            _link(a.id, a.contact, (_FEEDBACK_TO_CONTACT, None)) for a in audience.answers
        ],
    }
