{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with looks as (
    select
        *,
        max(case when previous_status is not null then 1 else 0 end) over (
            partition by subscription_id, observed_at
        ) as status_changes
    from {{ touched(ref('int_subscription_states'), 'subscription_id') }}
    where observed_at <= {{ as_of() }}
),

-- of the events of one second those that changed the status tell what it was after all of them
observed as (
    select
        subscription_id,
        observed_at as effective_at,
        status
    from looks
    where previous_status is not null or status_changes = 0
),

points as (
    select
        subscription_id,
        effective_at,
        status
    from observed
    union all
    select
        subscription_id,
        effective_at,
        status
    from {{ touched(ref('int_inferred_dunning'), 'subscription_id') }}
),

stretches as (
    select
        subscription_id,
        status,
        effective_at as valid_from,
        lead(effective_at) over (partition by subscription_id order by effective_at nulls last, status nulls last) as valid_to
    from points
)

select
    subscription_id,
    status,
    valid_from,
    valid_to
from stretches
where status in ('past_due', 'unpaid', 'paused')
