{{ config(materialized='incremental', incremental_strategy='touched', unique_key='customer_id', on_schema_change='fail') }}

with spans as (
    select * from {{ touched(ref('int_item_spans'), 'subscription_id') }}
),

-- where an item's spans stop, it is worth nothing from there on
endings as (
    select
        spans.*,
        lead(valid_from) over (partition by subscription_item_id order by valid_from nulls last) as next_valid_from
    from spans
),

points as (
    select
        customer_id,
        subscription_id,
        subscription_item_id,
        currency,
        valid_from as effective_at,
        mrr,
        status as reason,
        evidence_source,
        evidence_id
    from spans
    union all
    select
        customer_id,
        subscription_id,
        subscription_item_id,
        currency,
        valid_to as effective_at,
        0 as mrr,
        'removed' as reason,
        evidence_source,
        evidence_id
    from endings
    where
        valid_to <= {{ as_of() }}
        and next_valid_from is distinct from valid_to
),

-- the last state of a day is the day's
day_states as (
    select
        *,
        cast({{ local_time('effective_at') }} as date) as changed_on,
        row_number() over (
            partition by subscription_item_id, cast({{ local_time('effective_at') }} as date)
            order by effective_at desc nulls last, reason nulls last
        ) as day_rank
    from points
),

changes as (
    select
        *,
        mrr - coalesce(lag(mrr) over (partition by subscription_item_id order by changed_on nulls last), 0) as amount
    from day_states
    where day_rank = 1
)

select
    customer_id,
    subscription_id,
    subscription_item_id,
    changed_on,
    currency,
    cast(amount as {{ money_type() }}) as amount,
    reason,
    evidence_source,
    evidence_id
from changes
where amount <> 0
