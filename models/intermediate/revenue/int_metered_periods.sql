{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with invoice_lines as (
    select * from {{ touched(ref('stg_stripe__invoice_lines')) }}
),

prices as (
    select * from {{ ref('int_prices') }}
),

licensed_items as (
    select subscription_item_id from {{ touched(ref('int_item_lines'), 'subscription_id') }}
    union
    select subscription_item_id from {{ touched(ref('int_subscription_state_items'), 'subscription_id') }}
    where not is_metered
)

select
    invoice_lines.subscription_id,
    invoice_lines.subscription_item_id,
    invoice_lines.period_started_at as effective_at,
    'invoice_line' as source,
    min(invoice_lines.line_id) as source_id,
    5 as source_rank,
    invoice_lines.price_id,
    coalesce(sum(invoice_lines.quantity), 1) as quantity,
    false as is_removed
from invoice_lines
inner join prices on invoice_lines.price_id = prices.price_id
where
    prices.is_metered
    and not invoice_lines.is_proration
    and invoice_lines.subscription_id is not null
    and invoice_lines.subscription_item_id in (select licensed_items.subscription_item_id from licensed_items)
    and invoice_lines.period_started_at <= {{ as_of() }}
group by
    invoice_lines.subscription_id,
    invoice_lines.subscription_item_id,
    invoice_lines.period_started_at,
    invoice_lines.price_id,
    invoice_lines.invoice_id
