{% set columns = ["price_id", "product_id", "currency", "price_type", "billing_scheme", "unit_amount_minor", "tiers_mode",
    "package_size", "package_rounding", "billing_interval", "billing_interval_count", "is_metered"] -%}

with listed_prices as (
    select * from {{ ref('stg_stripe__prices') }}
),

invoice_lines as (
    select
        *,
        coalesce(embedded_price.id, embedded_plan.id) as embedded_id
    from {{ ref('stg_stripe__invoice_lines') }}
    where coalesce(embedded_price.currency, embedded_plan.currency) is not null
),

embedded_prices as (
    select
        {{ columns | join(", ") }},
        observed_at as seen_at,
        source_id
    from {{ ref('int_subscription_state_items') }}
    where price_id not in (select listed_prices.price_id from listed_prices)
    union all
    select
        embedded_id as price_id,
        {{ price_columns('embedded_price', 'embedded_plan') }},
        invoice_created_at as seen_at,
        line_id as source_id
    from invoice_lines
    where embedded_id not in (select listed_prices.price_id from listed_prices)
),

latest_prices as (
    select
        *,
        row_number() over (partition by price_id order by seen_at desc nulls last, source_id desc nulls last) as version_rank
    from embedded_prices
),

known_prices as (
    select {{ columns | join(", ") }}
    from listed_prices
    union all
    select {{ columns | join(", ") }}
    from latest_prices
    where version_rank = 1
),

-- so much a unit, month or year by all bills that there are: what they bill is nowhere else
billed_prices as (
    select
        *,
        row_number() over (partition by price_id order by currency nulls last) as currency_rank
    from {{ ref('int_billed_prices') }}
    where
        billing_months is not null
        and price_id not in (select known_prices.price_id from known_prices)
),

all_prices as (
    select * from known_prices
    union all
    select
        price_id,
        product_id,
        currency,
        'recurring' as price_type,
        'per_unit' as billing_scheme,
        unit_amount_minor,
        cast(null as {{ dbt.type_string() }}) as tiers_mode,
        cast(null as bigint) as package_size,
        cast(null as {{ dbt.type_string() }}) as package_rounding,
        'month' as billing_interval,
        cast(billing_months as integer) as billing_interval_count,
        false as is_metered
    from billed_prices
    where currency_rank = 1
)

select
    all_prices.*,
    products.product_name
from all_prices
left join {{ ref('stg_stripe__products') }} as products on all_prices.product_id = products.product_id
