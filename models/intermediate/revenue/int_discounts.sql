with discounts as (
    select * from {{ ref('stg_stripe__discounts') }}
),

coupons as (
    select * from {{ ref('stg_stripe__coupons') }}
),

described as (
    select
        discounts.discount_id,
        discounts.customer_id,
        discounts.subscription_id,
        discounts.subscription_item_id,
        discounts.coupon_id,
        discounts.started_at,
        discounts.ended_at,
        coalesce(try_cast(discounts.inline_coupon.percent_off as decimal(9, 6)), coupons.percent_off) as percent_off,
        coalesce(try_cast(discounts.inline_coupon.amount_off as decimal(18, 0)), coupons.amount_off_minor) as amount_off_minor,
        coalesce(discounts.inline_coupon.duration, coupons.duration) as duration,
        coalesce(discounts.inline_coupon.applies_to.products, coupons.product_ids) as product_ids
    from discounts
    left join coupons on discounts.coupon_id = coupons.coupon_id
)

select
    *,
    case
        when subscription_item_id is not null then 'item'
        when subscription_id is not null then 'subscription'
        else 'customer'
    end as scope
from described
where duration is distinct from 'once' or {{ var('once_coupons_reduce_mrr') }}
