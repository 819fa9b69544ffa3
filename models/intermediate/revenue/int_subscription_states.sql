{{ config(materialized='incremental', incremental_strategy='changed', unique_key='subscription_id') }}

with snapshots as (
    select * from {{ changed(ref('stg_stripe__subscription_versions')) }}
),

events as (
    select * from {{ changed(ref('stg_stripe__subscription_events')) }}
)

select
    subscription_id,
    'snapshot' as source,
    version_id as source_id,
    observed_at,
    is_current,
    status,
    paused_at,
    pause_behavior,
    pause_resumes_at,
    cast(null as {{ dbt.type_string() }}) as previous_status,
    cast(null as {{ dbt.type_string() }}) as previous_pause_behavior,
    false as has_changed_pause,
    false as has_begun_pause,
    discounts_json,
    discount_json,
    items,
    has_all_items
from snapshots
union all
select
    subscription_id,
    'event' as source,
    event_id as source_id,
    observed_at,
    false as is_current,
    status,
    coalesce(paused_at, previous_paused_at) as paused_at,
    pause_behavior,
    pause_resumes_at,
    previous_status,
    previous_pause_behavior,
    has_changed_pause,
    has_begun_pause,
    discounts_json,
    discount_json,
    items,
    has_all_items
from events
