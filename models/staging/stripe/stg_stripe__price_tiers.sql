with prices as (
    select
        price_id,
        currency,
        tiers
    from {{ ref('stg_stripe__price_currencies') }}
),

exploded as (
    select
        price_id,
        currency,
        {{ explode_with_position('tiers', 'tier_position', 'tier') }}
    from prices
)

select
    price_id,
    currency,
    cast(tier_position as integer) as tier_position,
    {{ try_bigint('tier.up_to') }} as up_to,
    coalesce(try_cast(coalesce(tier.unit_amount_decimal, tier.unit_amount) as decimal(24, 12)), 0) as unit_amount_minor,
    coalesce(try_cast(coalesce(tier.flat_amount_decimal, tier.flat_amount) as decimal(24, 12)), 0) as flat_amount_minor,
    coalesce(
        lag({{ try_bigint('tier.up_to') }}) over (partition by price_id, currency order by tier_position nulls last), 0
    ) as above
from exploded
