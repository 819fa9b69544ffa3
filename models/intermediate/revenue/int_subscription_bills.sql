{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

{% set of_regular_lines = [
    ('period_started_at', 'min', 'period_started_at'), ('period_ended_at', 'max', 'period_ended_at'),
    ('largest_amount_minor', 'max', 'amount_minor'), ('has_price', 'bool_or', 'has_price'),
] -%}
with invoices as (
    select * from {{ touched(ref('stg_stripe__invoices')) }}
),

price_currencies as (
    select * from {{ ref('int_price_currencies') }}
),

price_amounts as (
    select * from {{ ref('int_price_amounts') }}
),

lines as (
    select
        item_lines.invoice_id,
        item_lines.subscription_id,
        item_lines.is_proration,
        item_lines.period_started_at,
        item_lines.period_ended_at,
        item_lines.amount_minor,
        -- nothing is what no units cost, and units of a free plan or tier
        coalesce(item_lines.quantity, 1) > 0
        and coalesce(price_amounts.list_amount_minor, price_currencies.unit_amount_minor, 1) > 0 as has_price
    from {{ touched(ref('int_item_lines'), 'subscription_id') }} as item_lines
    left join price_currencies
        on
            item_lines.price_id = price_currencies.price_id
            and item_lines.currency = price_currencies.currency
    left join price_amounts
        on
            item_lines.price_id = price_amounts.price_id
            and item_lines.currency = price_amounts.currency
            and item_lines.quantity = price_amounts.quantity
    where not item_lines.is_credit
),

-- by regular lines; where there is none, by prorations
bills as (
    select
        invoice_id,
        subscription_id,
        {% for name, aggregate, column in of_regular_lines -%}
        case
            when bool_and(is_proration) then {{ aggregate }}({{ column }})
            else {{ aggregate }}(case when not is_proration then {{ column }} end)
        end as {{ name }},
        {% endfor -%}
        bool_and(is_proration) as is_proration
    from lines
    group by 1, 2
)

select
    bills.subscription_id,
    invoices.invoice_id,
    invoices.status,
    invoices.billing_reason,
    invoices.collection_method,
    invoices.created_at,
    bills.period_started_at,
    bills.period_ended_at,
    invoices.finalized_at,
    invoices.paid_at,
    bills.largest_amount_minor > 0 as is_charging,
    bills.largest_amount_minor = 0 and bills.has_price as is_trial,
    coalesce(invoices.total_minor, 0) > 0 as has_total,
    invoices.status = 'paid' and bills.largest_amount_minor > 0 as is_paid,
    -- Stripe voids the invoices of a paused subscription in the second it makes them
    coalesce(invoices.voided_at = invoices.created_at, false) as is_voided_at_birth,
    -- a pause gives a bill up when it is finalised, retries after days; somebody may pay it all the same
    invoices.status = 'uncollectible'
    or coalesce(invoices.marked_uncollectible_at <= invoices.created_at + interval '1 day', false) as is_uncollectible,
    invoices.uncollectible_reason,
    coalesce(invoices.marked_uncollectible_at = invoices.created_at, false) as is_uncollectible_at_birth
from bills
inner join invoices on bills.invoice_id = invoices.invoice_id
-- the first bill may cover the days up to the billing day only, as a proration
where not bills.is_proration or invoices.billing_reason = 'subscription_create'
