{{ config(materialized='incremental', incremental_strategy='changed', unique_key='customer_id') }}

with versions as (
    select * from {{ changed(ref('stg_stripe__subscription_versions')) }}
)

select
    subscription_id,
    customer_id,
    status,
    currency,
    created_at,
    started_at,
    ended_at,
    canceled_at,
    cancel_at,
    is_cancel_at_period_end,
    trial_started_at,
    trial_ended_at,
    trial_end_behavior,
    collection_method,
    billing_mode,
    paused_at,
    pause_behavior,
    pause_resumes_at,
    cancellation_reason,
    cancellation_feedback,
    observed_at
from versions
where is_current
