"""The HubSpot objects that are read, one row each. To add a stream, add a row; to read a property, add its name.

Only listed properties are asked for: an account has hundreds, and what no model needs (names, phone numbers, calculated
times that change every day) has no place in the warehouse.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orchestration.records import RecordRules

OBJECT = RecordRules(created=("createdAt",), updated=("updatedAt",), deleted="archived")
ASSOCIATION = RecordRules(id=("from", "to"))

# HubSpot's own stages; those of the account are added when its options have been read.
LIFECYCLE_STAGES = (
    "subscriber",
    "lead",
    "marketingqualifiedlead",
    "salesqualifiedlead",
    "opportunity",
    "customer",
    "evangelist",
    "other",
)

Kind = Literal["objects", "owners", "pipelines", "lifecycle_options", "associations"]


@dataclass(frozen=True, slots=True)
class Stream:
    """One resource of the API and the table it lands in, `raw_hubspot.<name>`.

    `kind` says how it is read. `object_type` is HubSpot's name for the objects (for associations: the from-side, and
    `to_type` the other). `history` lists properties read with all earlier values. `dates_by_stage` adds the property
    hs_v2_date_entered_<stage> of every lifecycle stage.
    """

    name: str
    group: str
    description: str
    kind: Kind
    object_type: str = ""
    to_type: str = ""
    properties: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    dates_by_stage: bool = False
    rules: RecordRules = OBJECT


STREAMS: tuple[Stream, ...] = (
    Stream(
        name="contacts",
        group="crm",
        description="Contacts with the history of their lifecycle stage, archived ones as tombstones.",
        kind="objects",
        object_type="contacts",
        properties=(
            "associatedcompanyid",
            "createdate",
            "email",
            "hs_additional_emails",
            "hs_analytics_source",
            "hs_analytics_source_data_1",
            "hs_analytics_source_data_2",
            "hs_email_click",
            "hs_email_delivered",
            "hs_email_open",
            "hs_lead_status",
            "hs_merged_object_ids",
            "hs_object_id",
            "hs_object_source",
            "hubspot_owner_id",
            "jobtitle",
            "lastmodifieddate",
            "lifecyclestage",
        ),
        history=("lifecyclestage",),
        dates_by_stage=True,
    ),
    Stream(
        name="companies",
        group="crm",
        description="Companies with the history of their lifecycle stage, archived ones as tombstones.",
        kind="objects",
        object_type="companies",
        properties=(
            "annualrevenue",
            "country",
            "createdate",
            "domain",
            "hs_additional_domains",
            "hs_analytics_source",
            "hs_lastmodifieddate",
            "hs_merged_object_ids",
            "hs_object_id",
            "hs_object_source",
            "hubspot_owner_id",
            "industry",
            "lifecyclestage",
            "name",
            "numberofemployees",
            "segment",  # not HubSpot's own: a property many accounts add; ignored where there is none
        ),
        history=("lifecyclestage",),
        dates_by_stage=True,
    ),
    Stream(
        name="deals",
        group="crm",
        description="Deals with the history of their stage, archived ones as tombstones.",
        kind="objects",
        object_type="deals",
        properties=(
            "amount",
            "amount_in_home_currency",
            "closedate",
            "closed_lost_reason",
            "createdate",
            "deal_currency_code",
            "dealname",
            "dealstage",
            "dealtype",
            "hs_acv",
            "hs_analytics_source",
            "hs_deal_stage_probability",
            "hs_is_closed",
            "hs_is_closed_won",
            "hs_lastmodifieddate",
            "hs_merged_object_ids",
            "hs_mrr",
            "hs_object_id",
            "hs_object_source",
            "hubspot_owner_id",
            "pipeline",
        ),
        history=("dealstage",),
    ),
    Stream(
        name="associations_contacts_companies",
        group="crm",
        description="Which companies a contact belongs to, with the labels of the link (Primary among them).",
        kind="associations",
        object_type="contacts",
        to_type="companies",
        rules=ASSOCIATION,
    ),
    Stream(
        name="associations_deals_companies",
        group="crm",
        description="Which companies a deal is with, with the labels of the link (Primary among them).",
        kind="associations",
        object_type="deals",
        to_type="companies",
        rules=ASSOCIATION,
    ),
    Stream(
        name="associations_deals_contacts",
        group="crm",
        description="Which contacts a deal is with, with the labels of the link.",
        kind="associations",
        object_type="deals",
        to_type="contacts",
        rules=ASSOCIATION,
    ),
    Stream(
        name="owners",
        group="reference",
        description="Who owns contacts, companies and deals, including people who have left.",
        kind="owners",
    ),
    Stream(
        name="deal_pipelines",
        group="reference",
        description="Deal pipelines with their stages and each stage's probability of winning.",
        kind="pipelines",
        object_type="deals",
    ),
    Stream(
        name="lifecycle_stages",
        group="reference",
        description="The lifecycle stages that a contact can be in, the account's own ones included.",
        kind="lifecycle_options",
        object_type="contacts",
        rules=RecordRules(id=("value",), updated=("updatedAt",), deleted="archived"),
    ),
)
