with listed_prices as (
    select * from {{ ref('stg_stripe__prices') }}
),

embedded_prices as (
    select
        *,
        row_number() over (partition by price_id order by observed_at desc nulls last, source_id desc nulls last) as version_rank
    from {{ ref('int_subscription_state_items') }}
    where price_id is not null and price_id not in (select listed_prices.price_id from listed_prices)
),

products as (
    select * from {{ ref('stg_stripe__products') }}
),

{% set columns = ["price_id", "product_id", "currency", "price_type", "billing_scheme", "unit_amount_minor", "tiers_mode",
    "package_size", "package_rounding", "tax_behavior", "billing_interval", "billing_interval_count", "is_metered"] %}

all_prices as (
    select {{ columns | join(", ") }}
    from listed_prices
    union all
    select {{ columns | join(", ") }}
    from embedded_prices
    where version_rank = 1
)

select
    all_prices.*,
    products.product_name
from all_prices
left join products on all_prices.product_id = products.product_id
