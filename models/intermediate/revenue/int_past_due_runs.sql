{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

{% set grace_days = past_due_grace_days() %}
with stretches as (
    select
        *,
        lag(valid_to) over (partition by subscription_id order by valid_from, valid_to nulls last) as earlier_valid_to
    from {{ touched(ref('int_subscription_dunning'), 'subscription_id') }}
    where status = 'past_due'
),

-- every look at the subscription begins a stretch of its own: those that touch are one run
numbered as (
    select
        subscription_id,
        valid_from,
        valid_to,
        sum(case when valid_from = earlier_valid_to then 0 else 1 end) over (
            partition by subscription_id
            order by valid_from, valid_to nulls last
            rows between unbounded preceding and current row
        ) as run_number
    from stretches
),

runs as (
    select
        subscription_id,
        min(valid_from) as started_at,
        case when count(valid_to) = count(*) then max(valid_to) end as ends_at
    from numbered
    group by subscription_id, run_number
)

select
    subscription_id,
    started_at,
    {{ 'cast(null as timestamp)' if grace_days is none else add_days('started_at', grace_days) }} as lapses_at,
    ends_at
from runs
