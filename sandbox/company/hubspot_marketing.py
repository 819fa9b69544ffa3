"""HubSpot's shape of what is not in the CRM: e-mails with statistics, campaigns, forms, events, visits, surveys."""

from collections.abc import Iterator

from .audience_decisions import NPS, Answer, Audience, Campaign, Newsletter, ProductEvent, Traffic
from .clock import DAY, add_months, iso_date, iso_millis
from .hubspot_objects import PORTAL, Object, record
from .surveys import group_of

EVENT_PREFIX = f"pe{PORTAL}_"
"""How HubSpot names an account's own event types: with the number of the account."""
BREAKDOWNS = {
    "ORGANIC_SEARCH": "organic", "PAID_SEARCH": "paid", "DIRECT_TRAFFIC": "direct", "REFERRALS": "referrals",
    "SOCIAL_MEDIA": "social", "PAID_SOCIAL": "paid-social", "EMAIL_MARKETING": "email", "OFFLINE": "offline",
}  # fmt: skip
"""A contact's source -> the name that the traffic report has for it."""
_FORMS = {"0a0f": "Newsletter", "1b1e": "Book a demo", "2c2d": "Guide: funnels that pay", "3d3c": "Old contact form"}


def marketing_email(found: Newsletter) -> Object:
    """A marketing e-mail with its statistics; ratios are percentages, as the API has them.

    Source: https://developers.hubspot.com/docs/api-reference/marketing-marketing-emails-v3-v3/guide
    """
    sent_at = found.sent_at
    told: Object = {
        "id": found.id,
        "name": found.name,
        "subject": found.name,
        "type": "BATCH_EMAIL",
        "state": "DRAFT" if sent_at is None else "PUBLISHED",
        "isPublished": sent_at is not None,
        "publishDate": None if sent_at is None else iso_millis(sent_at),
        "createdAt": iso_millis(found.created),
        "updatedAt": iso_millis(found.archived_at or sent_at or found.created),
        "archived": found.archived_at is not None,
        "language": "en",
        "stats": _statistics(found),
    }
    return told


def _statistics(found: Newsletter) -> Object:
    sent, delivered, bounces = found.sent, found.delivered, found.hard_bounces + found.soft_bounces
    not_sent = found.selected - sent
    return {
        "counters": {
            "bounce": bounces,
            "click": found.clicks,
            "contactslost": found.unsubscribed + found.spam + found.hard_bounces,
            "delivered": delivered,
            "dropped": not_sent,
            "hardbounced": found.hard_bounces,
            "notsent": not_sent,
            "open": found.opens,
            "pending": 0,
            "selected": found.selected,
            "sent": sent,
            "softbounced": found.soft_bounces,
            "spamreport": found.spam,
            "suppressed": 0,
            "unsubscribed": found.unsubscribed,
        },
        "deviceBreakdown": {},
        "qualifierStats": {},
        "ratios": {
            "bounceratio": _percent(bounces, sent),
            "clickratio": _percent(found.clicks, delivered),
            "clickthroughratio": _percent(found.clicks, found.opens),
            "deliveredratio": _percent(delivered, sent),
            "openratio": _percent(found.opens, delivered),
            "unsubscribedratio": _percent(found.unsubscribed, delivered),
        },
    }


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 3) if whole else 0.0


def campaign(found: Campaign) -> Object:
    """A campaign of one month with its budget and spend, which the API gives for each campaign on its own."""
    last_day = add_months(found.month, 1) - DAY
    stamps = {"createdAt": iso_millis(found.created), "updatedAt": iso_millis(found.created)}
    planned = [] if found.budget is None else [("Budget", found.budget)]
    return {
        "id": found.id,
        "properties": {
            "hs_name": found.name,
            "hs_object_id": found.id,
            "hs_audience": None,
            "hs_campaign_status": "in_progress" if found.spent else "planned",
            "hs_currency_code": "USD",
            "hs_start_date": iso_date(found.month),
            "hs_end_date": iso_date(last_day),
            "hs_utm": found.name.lower().replace(" ", "-"),
            "hs_budget_items_sum_amount": None if found.budget is None else _dollars(found.budget),
            "hs_spend_items_sum_amount": _dollars(found.total) if found.spent else None,
        },
        **stamps,
        "budget": {
            "currencyCode": "USD",
            "budgetItems": _items(found.id, "b", planned, stamps),
            "spendItems": _items(found.id, "s", found.spent, stamps),
        },
    }


def _items(campaign_id: str, kind: str, items: list[tuple[str, int]], stamps: Object) -> list[Object]:
    return [
        {"id": f"{campaign_id[:8]}{kind}{order}", "name": name, "amount": cents / 100, "order": order, **stamps}
        for order, (name, cents) in enumerate(items)
    ]


def _dollars(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def forms(created: int) -> Iterator[Object]:
    """The forms on the website, the last one archived."""
    for stem, name in _FORMS.items():
        stamps = {"createdAt": iso_millis(created), "updatedAt": iso_millis(created)}
        form_id = f"{stem}0000-0000-4000-8000-000000000000"
        yield {"id": form_id, "name": name, "formType": "hubspot", "archived": stem == "3d3c", **stamps}


def event(found: ProductEvent) -> Object:
    """An occurrence of one of the account's own events."""
    return {
        "id": found.id,
        "objectType": "CONTACT",
        "objectId": found.contact,
        "eventType": f"{EVENT_PREFIX}{found.kind}",
        "occurredAt": iso_millis(found.at),
        "properties": {"hs_source": "product"},
    }


def traffic(found: Traffic) -> Object:
    """A row of the traffic report."""
    return {
        "date": iso_date(found.month),
        "breakdown": BREAKDOWNS[found.source],
        "visits": found.visits,
        "visitors": found.visitors,
        "rawViews": found.visits * 3,
        "contacts": found.contacts,
        "leads": found.leads,
        "customers": found.customers,
    }


def feedback_submission(found: Answer) -> Object:
    """An answer to a survey."""
    group = group_of(found.score) if found.survey == NPS else None
    properties = {
        "hs_object_id": found.id,
        "hs_createdate": iso_millis(found.at),
        "hs_lastmodifieddate": iso_millis(found.at),
        "hs_merged_object_ids": None,
        "hubspot_owner_id": None,
        "hs_industry_standard_question_type": found.survey,
        "hs_response_group": group and group.upper(),
        "hs_sentiment": None,
        "hs_submission_timestamp": iso_millis(found.at),
        "hs_survey_channel": "EMAIL",
        "hs_survey_id": "61" if found.survey == NPS else "62",
        "hs_survey_name": "How likely are you to recommend us?" if found.survey == NPS else "How was our support?",
        "hs_survey_type": found.survey,
        "hs_value": str(found.score),
    }
    return record(found.id, properties, {}, created=found.at, updated=found.at)


def marketing_objects(audience: Audience, opens: int) -> dict[str, list[Object]]:
    """What marketing did and people answered, by the name of its file; `opens` is when the company began."""
    return {
        "marketing_emails": [marketing_email(x) for x in audience.newsletters],
        "campaigns": [campaign(x) for x in audience.campaigns],
        "forms": list(forms(opens)),
        "events": [event(x) for x in audience.events],
        "web_analytics_sources": [traffic(x) for x in audience.traffic],
        "feedback_submissions": [feedback_submission(x) for x in audience.answers],
    }
