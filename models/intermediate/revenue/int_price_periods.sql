with prices as (
    select * from {{ ref('int_prices') }}
),

price_currencies as (
    select * from {{ ref('int_price_currencies') }}
),

exponents as (
    select * from {{ ref('currency_exponents') }}
)

select
    price_currencies.price_id,
    price_currencies.currency,
    -- month-equivalents: amount x numerator / denominator is a month's worth in major units
    case prices.billing_interval
        when 'day' then {{ policy_number('month_days', whole=false) }}
        when 'week' then {{ policy_number('month_days', whole=false) }}
        else 1
    end as month_numerator,
    cast(
        case prices.billing_interval
            when 'day' then 12
            when 'week' then {{ policy_number('month_week_days') }}
            when 'year' then 12
            else 1
        end * prices.billing_interval_count * {{ minor_units() }} as decimal(18, 0)
    ) as month_denominator,
    {{ minor_units() }} as minor_units,
    coalesce(prices.price_type, 'recurring') = 'recurring' and prices.billing_interval is not null as is_recurring,
    prices.is_metered
from price_currencies
inner join prices on price_currencies.price_id = prices.price_id
left join exponents on price_currencies.currency = exponents.currency
