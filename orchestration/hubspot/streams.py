"""The HubSpot objects that are read, one row each.

To add a stream, add a row; to read one more property, add its name to properties.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from orchestration.hubspot import properties
from orchestration.records import RecordRules

OBJECT = RecordRules(created=("createdAt",), updated=("updatedAt",), deleted="archived")
ASSOCIATION = RecordRules(id=("from", "to"))

Kind = Literal["objects", "associations", "single", "list", "lifecycle_options", "campaigns", "events", "web_analytics"]


@dataclass(frozen=True, slots=True)
class Stream:
    """One resource of the API and the table it lands in, `raw_hubspot.<name>`.

    `kind` says how it is read (fetch.py), `object_type` what HubSpot calls the objects (of associations: the from-side,
    `to_type` the other). `history` lists properties read with all earlier values, `dates_by_stage` adds every stage's
    hs_v2_date_entered_<stage>. `modified` is the property that every change but a calculated one moves on: a stream
    with `recalculated` is read in full once a day. `path` is a name in paths.py. A "list" is read again for what is
    archived if `has_archived`, daily unless `every_run`. `without`: fields not kept. Every account has what is `core`.
    """

    name: str
    description: str
    kind: Kind = "objects"
    object_type: str = ""
    to_type: str = ""
    properties: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    dates_by_stage: bool = False
    modified: str = "hs_lastmodifieddate"
    recalculated: bool = False
    path: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    has_archived: bool = False
    every_run: bool = False
    without: tuple[str, ...] = ()
    rules: RecordRules = OBJECT
    core: bool = False
    group: str = "hubspot"


STREAMS: tuple[Stream, ...] = (
    Stream(
        name="contacts",
        core=True,
        description="Contacts with the history of their lifecycle stage, archived ones as tombstones.",
        object_type="contacts",
        properties=properties.CONTACTS,
        history=("lifecyclestage",),
        dates_by_stage=True,
        modified="lastmodifieddate",
        recalculated=True,
    ),
    Stream(
        name="companies",
        core=True,
        description="Companies with the history of their lifecycle stage and of contacts, archived ones as tombstones.",
        object_type="companies",
        properties=properties.COMPANIES,
        history=("lifecyclestage", "notes_last_contacted"),
        dates_by_stage=True,
        recalculated=True,
    ),
    Stream(
        name="deals",
        core=True,
        description="Deals with the history of their stage and close date, archived ones as tombstones.",
        object_type="deals",
        properties=properties.DEALS,
        history=("dealstage", "closedate"),
        recalculated=True,
    ),
    Stream(
        name="leads",
        description="Leads that sales works on, with the history of their stage; archived ones as tombstones.",
        object_type="leads",
        properties=properties.LEADS,
        history=("hs_pipeline_stage",),
    ),
    Stream(
        name="line_items",
        description="What a deal sells: product, price, quantity and term. Archived ones as tombstones.",
        object_type="line_items",
        properties=properties.LINE_ITEMS,
    ),
    Stream(
        name="meetings",
        description="Meetings with their outcome, without their texts. Archived ones as tombstones.",
        object_type="meetings",
        properties=properties.MEETINGS,
    ),
    Stream(
        name="calls",
        description="Calls with their outcome and length in milliseconds, without their texts.",
        object_type="calls",
        properties=properties.CALLS,
    ),
    Stream(
        name="emails",
        description="E-mails of sales people with their opens and replies, without their texts and addresses.",
        object_type="emails",
        properties=properties.EMAILS,
    ),
    Stream(
        name="tasks",
        description="Tasks of sales people and when they were done, without their texts.",
        object_type="tasks",
        properties=properties.TASKS,
    ),
    Stream(
        name="feedback_submissions",
        description="Answers to surveys, NPS among them: value, group and survey, without the texts.",
        object_type="feedback_submissions",
        properties=properties.FEEDBACK_SUBMISSIONS,
    ),
    Stream(
        name="associations_contacts_companies",
        core=True,
        description="Which companies a contact belongs to, with the labels of the link (Primary among them).",
        kind="associations",
        object_type="contacts",
        to_type="companies",
        modified="lastmodifieddate",
        rules=ASSOCIATION,
    ),
    Stream(
        name="associations_deals_companies",
        core=True,
        description="Which companies a deal is with, with the labels of the link (Primary among them).",
        kind="associations",
        object_type="deals",
        to_type="companies",
        rules=ASSOCIATION,
    ),
    Stream(
        name="associations_deals_contacts",
        core=True,
        description="Which contacts a deal is with, with the labels of the link.",
        kind="associations",
        object_type="deals",
        to_type="contacts",
        rules=ASSOCIATION,
    ),
    Stream(
        name="associations_feedback_submissions_contacts",
        description="Which contact gave an answer to a survey.",
        kind="associations",
        object_type="feedback_submissions",
        to_type="contacts",
        rules=ASSOCIATION,
    ),
    Stream(
        name="associations_meetings_deals",
        description="Which deals a meeting was about.",
        kind="associations",
        object_type="meetings",
        to_type="deals",
        rules=ASSOCIATION,
    ),
    Stream(
        name="associations_meetings_contacts",
        description="Which contacts a meeting was with.",
        kind="associations",
        object_type="meetings",
        to_type="contacts",
        rules=ASSOCIATION,
    ),
    Stream(
        name="account",
        description="The HubSpot account itself: number, time zone, and the currency of its amounts in home currency.",
        kind="single",
        path="account",
        rules=RecordRules(id=("portalId",)),
    ),
    Stream(
        name="owners",
        core=True,
        description="Who owns contacts, companies and deals, including people who have left.",
        kind="list",
        path="owners",
        params={"limit": "100"},
        has_archived=True,
        every_run=True,
    ),
    Stream(
        name="deal_pipelines",
        core=True,
        description="Deal pipelines with their stages and each stage's probability of winning.",
        kind="list",
        path="pipelines",
        object_type="deals",
        every_run=True,
    ),
    Stream(
        name="lifecycle_stages",
        core=True,
        description="The lifecycle stages that a contact can be in, the account's own ones included.",
        kind="lifecycle_options",
        object_type="contacts",
        rules=RecordRules(id=("value",), updated=("updatedAt",), deleted="archived"),
    ),
    Stream(
        name="marketing_emails",
        description="Marketing e-mails with their statistics (sent, opened, clicked), without their content.",
        kind="list",
        path="marketing_emails",
        params={"limit": "100", "includeStats": "true"},
        has_archived=True,
        without=("content",),
    ),
    Stream(
        name="campaigns",
        description="Marketing campaigns with their budget and spend, item by item.",
        kind="campaigns",
        path="campaigns",
        params={"limit": "100", "properties": ",".join(properties.CAMPAIGNS)},
    ),
    Stream(
        name="forms",
        description="Forms on the website, archived ones as tombstones.",
        kind="list",
        path="forms",
        params={"limit": "100"},
        has_archived=True,
    ),
    Stream(
        name="events",
        description="Occurrences of the account's own (custom) events: who did what when. One never changes.",
        kind="events",
        path="events",
        rules=RecordRules(created=("occurredAt",)),
    ),
    Stream(
        name="web_analytics_sources",
        description="Visits, contacts and leads of the website by month and traffic source.",
        kind="web_analytics",
        path="web_analytics",
        rules=RecordRules(id=("date", "breakdown"), created=("date",)),
    ),
)
