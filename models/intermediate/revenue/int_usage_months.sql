{{ config(materialized='incremental', incremental_strategy='touched', unique_key='customer_id') }}

with lines as (
    select * from {{ touched(ref('stg_stripe__invoice_lines')) }}
),

prices as (
    select * from {{ ref('int_prices') }}
),

exponents as (
    select * from {{ ref('currency_exponents') }}
)

select
    lines.customer_id,
    lines.subscription_id,
    coalesce(lines.subscription_item_id, lines.price_id) as subscription_item_id,
    lines.currency,
    {{ month_start('lines.period_ended_at') }} as month,
    max(lines.price_id) as price_id,
    max(prices.product_id) as product_id,
    max(lines.line_id) as line_id,
    sum(lines.quantity) as quantity,
    sum({{ divide_exact('lines.amount_minor', minor_units()) }}) as usage_mrr
from lines
inner join prices on lines.price_id = prices.price_id
left join exponents on lines.currency = exponents.currency
where
    prices.is_metered
    and lines.invoice_status in ('paid', 'open', 'uncollectible')
    and lines.period_ended_at <= {{ as_of() }}
group by 1, 2, 3, 4, 5
