with prices as (
    select * from {{ current_versions(source('raw_stripe', 'prices')) }}
),

parsed as (
    select
        id,
        created_at,
        extracted_at,
        {{ json_struct('payload', stripe_price_schema()) }} as price
    from prices
)

select
    id as price_id,
    {{ price_columns('price') }},
    price.nickname,
    price.tiers,
    created_at,
    extracted_at
from parsed
