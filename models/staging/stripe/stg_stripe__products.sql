with products as (
    select * from {{ current_versions(source('raw_stripe', 'products')) }}
),

parsed as (
    select
        *,
        {{ json_struct('payload', {"name": "VARCHAR", "active": "VARCHAR"}) }} as product
    from products
)

select
    id as product_id,
    product.name as product_name,
    coalesce(try_cast(product.active as boolean), false) as is_active,
    created_at,
    deleted as is_deleted
from parsed
