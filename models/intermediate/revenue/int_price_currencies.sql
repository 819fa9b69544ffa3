with prices as (
    select * from {{ ref('int_prices') }}
),

options as (
    select
        price_id,
        currency,
        unit_amount_minor,
        1 as source_rank
    from {{ ref('stg_stripe__price_currencies') }}
),

own as (
    select
        price_id,
        currency,
        unit_amount_minor,
        2 as source_rank
    from prices
),

-- what no list states: only a price of so much a unit can be told from a bill
billed as (
    select
        billed_prices.price_id,
        billed_prices.currency,
        billed_prices.unit_amount_minor,
        3 as source_rank
    from {{ ref('int_billed_prices') }} as billed_prices
    inner join prices on billed_prices.price_id = prices.price_id
    where prices.billing_scheme = 'per_unit' and prices.package_size is null
),

known as (
    select * from options
    union all
    select * from own
    union all
    select * from billed
),

ranked as (
    select
        *,
        row_number() over (partition by price_id, currency order by source_rank nulls last) as preference
    from known
)

select
    price_id,
    currency,
    unit_amount_minor
from ranked
where preference = 1
