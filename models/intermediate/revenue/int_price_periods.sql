with price_amounts as (
    select * from {{ ref('int_price_amounts') }}
),

exponents as (
    select * from {{ ref('currency_exponents') }}
)

select distinct
    price_amounts.price_id,
    price_amounts.currency,
    price_amounts.month_numerator,
    price_amounts.month_denominator,
    cast(power(10, coalesce(exponents.exponent, 2)) as decimal(18, 0)) as minor_units
from price_amounts
left join exponents on price_amounts.currency = exponents.currency
where price_amounts.is_recurring and not price_amounts.is_metered
