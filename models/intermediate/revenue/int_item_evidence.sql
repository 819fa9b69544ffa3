{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with item_lines as (
    select * from {{ touched(ref('int_item_lines'), 'subscription_id') }}
),

unapplied as (
    select * from {{ touched(ref('int_unapplied_updates'), 'subscription_id') }}
),

-- one line per tier: their quantities add up to the item's; a period that a change began in the second of a renewal followed it
renewals as (
    select
        item_lines.subscription_id,
        item_lines.subscription_item_id,
        item_lines.period_started_at as effective_at,
        'invoice_line' as source,
        min(item_lines.line_id) as source_id,
        case when item_lines.billing_reason = 'subscription_update' then 4 else 5 end as source_rank,
        item_lines.price_id,
        coalesce(sum(item_lines.quantity), 1) as quantity,
        false as is_removed
    from item_lines
    left join unapplied
        on
            item_lines.invoice_id = unapplied.invoice_id
            and item_lines.subscription_item_id = unapplied.subscription_item_id
    where not item_lines.is_proration and unapplied.invoice_id is null
    group by
        item_lines.subscription_id,
        item_lines.subscription_item_id,
        item_lines.period_started_at,
        item_lines.price_id,
        item_lines.invoice_id,
        item_lines.billing_reason
),

changes as (
    select
        subscription_id,
        subscription_item_id,
        effective_at,
        'proration_line' as source,
        source_id,
        source_rank,
        price_id,
        quantity,
        is_removed
    from {{ touched(ref('int_item_changes'), 'subscription_id') }}
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
    where observed_at <= {{ as_of() }} and not is_superseded
),

evidence as (
    select * from renewals
    union all
    select * from {{ touched(ref('int_metered_periods'), 'subscription_id') }}
    union all
    select * from changes
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
