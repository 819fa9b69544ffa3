with prices as (
    select * from {{ ref('int_prices') }}
),

exponents as (
    select * from {{ ref('currency_exponents') }}
)

select
    prices.price_id,
    prices.currency,
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
        end * prices.billing_interval_count * power(10, coalesce(exponents.exponent, 2)) as decimal(18, 0)
    ) as month_denominator,
    cast(power(10, coalesce(exponents.exponent, 2)) as decimal(18, 0)) as minor_units,
    coalesce(prices.price_type, 'recurring') = 'recurring' and prices.billing_interval is not null as is_recurring,
    prices.is_metered
from prices
left join exponents on prices.currency = exponents.currency
