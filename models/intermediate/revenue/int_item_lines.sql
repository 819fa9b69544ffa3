{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with invoice_lines as (
    select * from {{ touched(ref('stg_stripe__invoice_lines')) }}
),

invoiceitems as (
    select * from {{ touched(ref('stg_stripe__invoiceitems')) }}
),

prices as (
    select * from {{ ref('int_prices') }}
),

billed_lines as (
    select
        invoice_lines.invoice_id,
        invoice_lines.line_id,
        invoice_lines.subscription_id,
        coalesce(invoice_lines.subscription_item_id, invoiceitems.subscription_item_id) as subscription_item_id,
        invoice_lines.price_id,
        invoice_lines.currency,
        invoice_lines.is_proration,
        invoice_lines.amount_minor,
        invoice_lines.has_credited_items or coalesce(invoiceitems.has_credited_items, false) as has_credited_items,
        invoice_lines.description,
        invoice_lines.quantity,
        invoice_lines.period_started_at,
        invoice_lines.period_ended_at,
        invoice_lines.invoice_created_at as billed_at,
        invoice_lines.billing_reason
    from invoice_lines
    left join invoiceitems on invoice_lines.invoice_item_id = invoiceitems.invoice_item_id
),

prorations as (
    select * from {{ touched(ref('stg_stripe__invoiceitems')) }}
    where is_proration and not is_deleted
),

billed_invoices as (
    select distinct invoice_id from {{ touched(ref('stg_stripe__invoice_lines')) }}
    where invoice_id in (select prorations.invoice_id from prorations)
),

-- not on an invoice yet, or on one that is not to be seen
pending_prorations as (
    select
        'pending' as invoice_id,
        invoice_item_id as line_id,
        subscription_id,
        subscription_item_id,
        price_id,
        currency,
        is_proration,
        amount_minor,
        has_credited_items,
        description,
        quantity,
        coalesce(period_started_at, dated_at) as period_started_at,
        period_ended_at,
        cast(null as timestamp) as billed_at,
        cast(null as {{ dbt.type_string() }}) as billing_reason
    from prorations
    where coalesce(invoice_id, '') not in (select billed_invoices.invoice_id from billed_invoices)
),

item_lines as (
    select * from billed_lines
    union all
    select * from pending_prorations
)

select
    item_lines.*,
    -- a credit over nothing (a free tier) is told from a debit over nothing by what it gives back, or by Stripe's own words
    item_lines.is_proration
    and (
        item_lines.amount_minor < 0
        or (item_lines.amount_minor = 0 and (item_lines.has_credited_items or item_lines.description like 'Unused%'))
    ) as is_credit
from item_lines
left join prices on item_lines.price_id = prices.price_id
where
    item_lines.subscription_id is not null
    and item_lines.subscription_item_id is not null
    and item_lines.period_started_at <= {{ as_of() }}
    and not coalesce(prices.is_metered, false)
