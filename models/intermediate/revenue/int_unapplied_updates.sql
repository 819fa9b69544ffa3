{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with item_lines as (
    select * from {{ touched(ref('int_item_lines'), 'subscription_id') }}
),

unpaid_updates as (
    select invoice_id
    from {{ touched(ref('stg_stripe__invoices')) }}
    where billing_reason = 'subscription_update' and status in ('open', 'void')
),

asked as (
    select
        item_lines.subscription_id,
        item_lines.subscription_item_id,
        item_lines.invoice_id,
        item_lines.period_started_at as asked_at,
        item_lines.price_id,
        coalesce(sum(item_lines.quantity), 1) as quantity
    from item_lines
    inner join unpaid_updates on item_lines.invoice_id = unpaid_updates.invoice_id
    where not item_lines.is_credit
    group by 1, 2, 3, 4, 5
),

-- what is charged for later, or given back as what was there before the next change
later_lines as (
    select
        asked.subscription_item_id,
        asked.invoice_id,
        item_lines.invoice_id as later_invoice_id,
        item_lines.period_started_at as shown_at,
        item_lines.price_id,
        coalesce(sum(item_lines.quantity), 1) as quantity
    from asked
    inner join item_lines
        on
            asked.subscription_item_id = item_lines.subscription_item_id
            and asked.asked_at < item_lines.period_started_at
            and asked.invoice_id <> item_lines.invoice_id
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
        asked.subscription_item_id,
        asked.invoice_id,
        looks.observed_at as shown_at,
        looks.price_id,
        coalesce(looks.quantity, 1) as quantity
    from asked
    inner join {{ touched(ref('int_subscription_state_items'), 'subscription_id') }} as looks
        on
            asked.subscription_item_id = looks.subscription_item_id
            and asked.asked_at <= looks.observed_at
    where not looks.is_superseded
),

ranked as (
    select
        *,
        rank() over (partition by subscription_item_id, invoice_id order by shown_at nulls last) as shown_rank
    from shown
),

-- the first that shows the item afterwards shows it as the bill does
applied as (
    select distinct
        asked.subscription_item_id,
        asked.invoice_id
    from asked
    inner join ranked
        on
            asked.subscription_item_id = ranked.subscription_item_id
            and asked.invoice_id = ranked.invoice_id
            and asked.price_id = ranked.price_id
            and asked.quantity = ranked.quantity
    where ranked.shown_rank = 1
)

select distinct
    asked.subscription_id,
    asked.subscription_item_id,
    asked.invoice_id
from asked
left join applied
    on
        asked.subscription_item_id = applied.subscription_item_id
        and asked.invoice_id = applied.invoice_id
where applied.invoice_id is null
