with item_lines as (
    select * from {{ ref('int_item_lines') }}
),

current_items as (
    select distinct subscription_item_id
    from {{ ref('int_subscription_state_items') }}
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
        sum(quantity) as quantity
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
        3 as source_rank,
        price_id,
        quantity,
        false as is_removed
    from grouped_lines
    where not is_proration
),

changes as (
    select
        subscription_id,
        subscription_item_id,
        effective_at,
        'proration_line' as source,
        source_id,
        4 as source_rank,
        price_id,
        quantity,
        false as is_removed
    from grouped_lines
    where is_proration and not is_credit
),

-- unused time given back and nothing sold in its place: the item ended there
removals as (
    select
        subscription_id,
        subscription_item_id,
        effective_at,
        'proration_line' as source,
        source_id,
        5 as source_rank,
        price_id,
        0 as quantity,
        true as is_removed
    from grouped_lines
    where
        is_credit
        and subscription_item_id not in (select current_items.subscription_item_id from current_items)
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
    from {{ ref('int_subscription_state_items') }}
    where observed_at <= {{ as_of() }}
),

evidence as (
    select * from renewals
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
