{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with unpaid_updates as (
    select invoice_id
    from {{ touched(ref('stg_stripe__invoices')) }}
    where billing_reason = 'subscription_update' and status in ('open', 'void')
),

-- one line per tier: their quantities add up to the item's
updates as (
    select
        item_lines.subscription_id,
        item_lines.subscription_item_id,
        item_lines.invoice_id,
        item_lines.period_started_at as asked_at,
        item_lines.is_credit,
        item_lines.price_id,
        coalesce(sum(item_lines.quantity), 1) as quantity
    from {{ touched(ref('int_item_lines'), 'subscription_id') }} as item_lines
    inner join unpaid_updates on item_lines.invoice_id = unpaid_updates.invoice_id
    group by 1, 2, 3, 4, 5, 6
),

items as (
    select
        subscription_id,
        subscription_item_id,
        invoice_id,
        max(asked_at) as asked_at,
        bool_or(is_credit) as has_credit
    from updates
    group by 1, 2, 3
),

-- what is charged for later, or given back as what was there before the next change
later_lines as (
    select
        items.subscription_item_id,
        items.invoice_id,
        item_lines.invoice_id as later_invoice_id,
        item_lines.period_started_at as shown_at,
        item_lines.price_id,
        coalesce(sum(item_lines.quantity), 1) as quantity
    from items
    inner join {{ touched(ref('int_item_lines'), 'subscription_id') }} as item_lines
        on
            items.subscription_item_id = item_lines.subscription_item_id
            and items.asked_at < item_lines.period_started_at
            and items.invoice_id <> item_lines.invoice_id
    where item_lines.is_credit or not item_lines.is_proration
    group by 1, 2, 3, 4, 5
),

shown as (
    select
        subscription_item_id,
        invoice_id,
        shown_at,
        price_id,
        quantity
    from later_lines
    union all
    select
        items.subscription_item_id,
        items.invoice_id,
        looks.observed_at as shown_at,
        looks.price_id,
        coalesce(looks.quantity, 1) as quantity
    from items
    inner join {{ touched(ref('int_subscription_state_items'), 'subscription_id') }} as looks
        on
            items.subscription_item_id = looks.subscription_item_id
            and items.asked_at <= looks.observed_at
    where not looks.is_superseded
),

ranked as (
    select
        *,
        rank() over (partition by subscription_item_id, invoice_id order by shown_at nulls last) as shown_rank
    from shown
),

-- what first shows the item afterwards: as the bill charges for it, as it gives it back, or neither
outcomes as (
    select
        items.subscription_id,
        items.subscription_item_id,
        items.invoice_id,
        items.has_credit,
        count(ranked.shown_at) > 0 as is_shown,
        coalesce(bool_or(not updates.is_credit), false) as is_as_asked,
        coalesce(bool_or(updates.is_credit), false) as is_as_before
    from items
    left join ranked
        on
            items.subscription_item_id = ranked.subscription_item_id
            and items.invoice_id = ranked.invoice_id
            and ranked.shown_rank = 1
    left join updates
        on
            ranked.subscription_item_id = updates.subscription_item_id
            and ranked.invoice_id = updates.invoice_id
            and ranked.price_id = updates.price_id
            and ranked.quantity = updates.quantity
    group by 1, 2, 3, 4
)

select
    subscription_id,
    subscription_item_id,
    invoice_id
from outcomes
where not is_as_asked and (is_as_before or not (is_shown or has_credit))
