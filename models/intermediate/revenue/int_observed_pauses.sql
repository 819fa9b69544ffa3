{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

{% set forever = "timestamp '9999-12-31 00:00:00'" %}
with looks as (
    select
        *,
        max(case when has_changed_pause then 1 else 0 end) over (partition by subscription_id, observed_at) as pause_changes
    from {{ touched(ref('int_subscription_states'), 'subscription_id') }}
    where observed_at <= {{ as_of() }}
),

-- of the events of one second those that changed the pause tell what it was after all of them
observed as (
    select
        subscription_id,
        source_id,
        observed_at,
        coalesce(pause_behavior in ('void', 'mark_uncollectible'), false) as is_paused,
        pause_resumes_at,
        lead(observed_at) over (partition by subscription_id order by observed_at nulls last) as next_observed_at
    from looks
    where has_changed_pause or pause_changes = 0
)

-- a pause ends by itself at the time it states, unless it was changed before
select
    subscription_id,
    source_id,
    observed_at,
    is_paused,
    least(coalesce(pause_resumes_at, {{ forever }}), coalesce(next_observed_at, {{ forever }})) as lasts_until,
    coalesce(is_paused and pause_resumes_at < coalesce(next_observed_at, {{ as_of() }}), false) as has_expired
from observed
