{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with conditions as (
    select *
    from {{ touched(ref('int_subscription_conditions'), 'subscription_id') }}
    where valid_from < valid_to and valid_from <= {{ as_of() }}
),

starts as (
    select
        subscription_id,
        min(valid_from) as started_at
    from conditions
    where condition = 'active'
    group by 1
),

boundaries as (
    select
        subscription_id,
        valid_from as boundary_at
    from conditions
    union
    select
        subscription_id,
        valid_to as boundary_at
    from conditions
    where valid_to < timestamp '9999-12-31 00:00:00'
),

spans as (
    select
        boundaries.subscription_id,
        boundaries.boundary_at as valid_from,
        lead(boundaries.boundary_at) over (
            partition by boundaries.subscription_id order by boundaries.boundary_at nulls last
        ) as valid_to
    from boundaries
    inner join starts
        on
            boundaries.subscription_id = starts.subscription_id
            and boundaries.boundary_at >= starts.started_at
),

weighed as (
    select
        spans.subscription_id,
        spans.valid_from,
        spans.valid_to,
        min(conditions.weight) as weight,
        bool_or(conditions.condition = 'ending') as is_ending,
        bool_or(conditions.condition = 'past_due') as is_past_due
    from spans
    inner join conditions
        on
            spans.subscription_id = conditions.subscription_id
            and spans.valid_from >= conditions.valid_from
            and spans.valid_from < conditions.valid_to
    group by 1, 2, 3
)

select
    subscription_id,
    valid_from,
    valid_to,
    case weight
        when 1 then 'ended'
        when 2 then 'incomplete'
        when 3 then 'paused'
        when 4 then 'unpaid'
        when 5 then 'lapsed'
        when 6 then 'trial'
        when 7 then 'past_due'
        else 'active'
    end as status,
    is_ending,
    is_past_due
from weighed
