with coupons as (
    select * from {{ current_versions(source('raw_stripe', 'coupons')) }}
),

parsed as (
    select
        id,
        created_at,
        extracted_at,
        {{ json_struct('payload', stripe_coupon_schema()) }} as coupon
    from coupons
)

select
    id as coupon_id,
    coupon.name as coupon_name,
    try_cast(coupon.percent_off as decimal(9, 6)) as percent_off,
    try_cast(coupon.amount_off as decimal(18, 0)) as amount_off_minor,
    lower(coupon.currency) as currency,
    coupon.duration,
    cast({{ try_bigint('coupon.duration_in_months') }} as integer) as duration_in_months,
    coupon.applies_to.products as product_ids,
    created_at,
    extracted_at
from parsed
