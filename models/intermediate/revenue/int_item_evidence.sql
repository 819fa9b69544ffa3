{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with item_lines as (
    select * from {{ touched(ref('int_item_lines'), 'subscription_id') }}
),

current_items as (
    select distinct subscription_item_id
    from {{ touched(ref('int_subscription_state_items'), 'subscription_id') }}
    where is_current
),

-- one line per tier: their quantities add up to the item's
grouped_lines as (
    select
        subscription_id,
        subscription_item_id,
        price_id,
        is_proration,
        is_credit,
        period_started_at as effective_at,
        invoice_id,
        min(line_id) as source_id,
        coalesce(sum(quantity), 1) as quantity
    from item_lines
    group by 1, 2, 3, 4, 5, 6, 7
),

renewals as (
    select
        subscription_id,
        subscription_item_id,
        effective_at,
        'invoice_line' as source,
        source_id,
        4 as source_rank,
        price_id,
        quantity,
        false as is_removed
    from grouped_lines
    where not is_proration
),

-- a change in the very second of a renewal came after it: 3 before the renewal's 4

changes as (
    select
        subscription_id,
        subscription_item_id,
        effective_at,
        'proration_line' as source,
        source_id,
        3 as source_rank,
        price_id,
        quantity,
        false as is_removed
    from grouped_lines
    where is_proration and not is_credit
),

sales as (
    select distinct
        subscription_item_id,
        effective_at
    from grouped_lines
    where not is_credit
),

-- unused time given back and nothing sold in its place: the item ended there, or stayed with nothing in it
removals as (
    select
        grouped_lines.subscription_id,
        grouped_lines.subscription_item_id,
        grouped_lines.effective_at,
        'proration_line' as source,
        grouped_lines.source_id,
        5 as source_rank,
        grouped_lines.price_id,
        0 as quantity,
        current_items.subscription_item_id is null as is_removed
    from grouped_lines
    left join sales
        on
            grouped_lines.subscription_item_id = sales.subscription_item_id
            and grouped_lines.effective_at = sales.effective_at
    left join current_items on grouped_lines.subscription_item_id = current_items.subscription_item_id
    where
        grouped_lines.is_credit
        and sales.subscription_item_id is null
),

observations as (
    select
        subscription_id,
        subscription_item_id,
        observed_at as effective_at,
        source,
        source_id,
        case source when 'event' then 1 else 2 end as source_rank,
        price_id,
        coalesce(quantity, 1) as quantity,
        false as is_removed
    from {{ touched(ref('int_subscription_state_items'), 'subscription_id') }}
    where observed_at <= {{ as_of() }}
),

evidence as (
    select * from renewals
    union all
    select * from {{ touched(ref('int_metered_periods'), 'subscription_id') }}
    union all
    select * from changes
    union all
    select * from removals
    union all
    select * from observations
)

select
    subscription_id,
    subscription_item_id,
    effective_at,
    source,
    source_id,
    source_rank,
    price_id,
    cast(quantity as bigint) as quantity,
    is_removed
from evidence
