with lines as (
    select * from {{ ref('stg_stripe__invoice_lines') }}
),

prices as (
    select * from {{ ref('int_prices') }}
),

exponents as (
    select * from {{ ref('currency_exponents') }}
)

select
    lines.customer_id,
    lines.currency,
    {{ month_start('lines.period_ended_at') }} as month,
    sum({{ divide_exact('lines.amount_minor', 'cast(power(10, coalesce(exponents.exponent, 2)) as decimal(18, 0))') }})
        as usage_mrr
from lines
inner join prices on lines.price_id = prices.price_id
left join exponents on lines.currency = exponents.currency
where
    prices.is_metered
    and lines.invoice_status in ('paid', 'open', 'uncollectible')
    and lines.period_ended_at <= {{ as_of() }}
group by 1, 2, 3
