"""The properties that are read, by object type. To read one more, add its name.

An account has hundreds. What no model needs (names, phone numbers, texts that people wrote, calculated times that
change every day) has no place in the warehouse. A name that an account does not have is ignored by the API.
"""

from __future__ import annotations

CONTACTS = (
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
)

COMPANIES = (
    "annualrevenue",
    "churn_reason",  # not HubSpot's own: why a customer left
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
    "notes_last_contacted",
    "numberofemployees",
    "segment",  # not HubSpot's own: a property many accounts add
)

DEALS = (
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
    "notes_last_contacted",
    "notes_last_updated",
    "notes_next_activity_date",
    "num_notes",
    "pipeline",
)

# Of every type below.
_COMMON = ("hs_createdate", "hs_lastmodifieddate", "hs_merged_object_ids", "hs_object_id", "hubspot_owner_id")
_ACTIVITY = (*_COMMON, "hs_activity_type", "hs_timestamp")

LEADS = (
    *_COMMON,
    "hs_lead_label",
    "hs_lead_type",
    "hs_pipeline",
    "hs_pipeline_stage",
)

LINE_ITEMS = (
    *_COMMON,
    "amount",
    "createdate",
    "discount",
    "hs_acv",
    "hs_arr",
    "hs_discount_percentage",
    "hs_line_item_currency_code",
    "hs_mrr",
    "hs_product_id",
    "hs_recurring_billing_period",
    "hs_recurring_billing_start_date",
    "hs_sku",
    "hs_tcv",
    "name",
    "price",
    "quantity",
    "recurringbillingfrequency",
)

MEETINGS = (*_ACTIVITY, "hs_meeting_end_time", "hs_meeting_outcome", "hs_meeting_source", "hs_meeting_start_time")

CALLS = (*_ACTIVITY, "hs_call_direction", "hs_call_disposition", "hs_call_duration", "hs_call_status")

EMAILS = (
    *_ACTIVITY,
    "hs_email_click_count",
    "hs_email_direction",
    "hs_email_open_count",
    "hs_email_reply_count",
    "hs_email_status",
)

TASKS = (*_ACTIVITY, "hs_task_completion_date", "hs_task_priority", "hs_task_status", "hs_task_type")

FEEDBACK_SUBMISSIONS = (
    *_COMMON,
    "hs_industry_standard_question_type",
    "hs_response_group",
    "hs_sentiment",
    "hs_submission_timestamp",
    "hs_survey_channel",
    "hs_survey_id",
    "hs_survey_name",
    "hs_survey_type",
    "hs_value",
)

CAMPAIGNS = (
    "hs_audience",
    "hs_budget_items_sum_amount",
    "hs_campaign_status",
    "hs_currency_code",
    "hs_end_date",
    "hs_name",
    "hs_object_id",
    "hs_spend_items_sum_amount",
    "hs_start_date",
    "hs_utm",
)
