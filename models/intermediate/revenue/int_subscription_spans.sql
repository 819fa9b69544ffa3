{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with item_states as (
    select * from {{ touched(ref('int_item_states'), 'subscription_id') }}
),

status_spans as (
    select * from {{ touched(ref('int_subscription_status_spans'), 'subscription_id') }}
),

discount_spans as (
    select * from {{ touched(ref('int_discount_spans'), 'subscription_id') }}
),

taxes as (
    select * from {{ touched(ref('int_inclusive_tax'), 'subscription_id') }}
),

schedules as (
    select * from {{ touched(ref('int_schedule_spans'), 'subscription_id') }}
),

boundaries as (
    select
        subscription_id,
        valid_from as boundary_at
    from item_states
    union
    select
        subscription_id,
        valid_to as boundary_at
    from item_states
    where valid_to is not null
    union
    select
        subscription_id,
        valid_from as boundary_at
    from status_spans
    union
    select
        subscription_id,
        valid_from as boundary_at
    from discount_spans
    union
    select
        subscription_id,
        valid_to as boundary_at
    from discount_spans
    where valid_to is not null
    union
    select
        subscription_id,
        valid_to as boundary_at
    from taxes
    where valid_to is not null
    union
    select
        subscription_id,
        valid_from as boundary_at
    from schedules
    union
    select
        subscription_id,
        valid_to as boundary_at
    from schedules
),

spans as (
    select
        subscription_id,
        boundary_at as valid_from,
        lead(boundary_at) over (partition by subscription_id order by boundary_at nulls last) as valid_to
    from boundaries
    where boundary_at <= {{ as_of() }}
)

select
    spans.subscription_id,
    spans.valid_from,
    spans.valid_to,
    status_spans.status,
    status_spans.is_ending,
    status_spans.is_past_due
from spans
inner join status_spans
    on
        spans.subscription_id = status_spans.subscription_id
        and spans.valid_from >= status_spans.valid_from
        and (status_spans.valid_to is null or spans.valid_from < status_spans.valid_to)
