{{ config(materialized='incremental', incremental_strategy='touched', unique_key='owner_id') }}

with discounts as (
    select * from {{ touched(ref('stg_stripe__discounts'), 'owner_id') }}
),

coupons as (
    select * from {{ ref('stg_stripe__coupons') }}
),

line_discounts as (
    select
        invoice_id,
        amount_minor,
        {{ explode('discount_amounts') }} as discount_amount
    from {{ touched(ref('stg_stripe__invoice_lines')) }}
    where not is_proration and amount_minor > 0
),

-- a deleted coupon is in no list, and Stripe does not expand those of items: what it took off, if off more than one bill
billed as (
    select
        discount_amount.discount as discount_id,
        cast(
            round(100 * {{ divide_exact('sum(' ~ try_bigint('discount_amount.amount') ~ ')', 'sum(amount_minor)') }}, 2)
            as decimal(9, 6)
        ) as percent_off
    from line_discounts
    group by 1
    having count(distinct invoice_id) > 1
),

described as (
    select
        discounts.discount_id,
        discounts.owner_id,
        discounts.customer_id,
        discounts.subscription_id,
        discounts.subscription_item_id,
        discounts.coupon_id,
        discounts.started_at,
        discounts.ended_at,
        coalesce(
            {{ coupon_term('discounts.inline_coupon', 'percent_off') }},
            case when discounts.inline_coupon is null and coupons.coupon_id is null then billed.percent_off end
        ) as percent_off,
        {{ coupon_term('discounts.inline_coupon', 'amount_off_minor') }} as amount_off_minor,
        {{ coupon_term('discounts.inline_coupon', 'currency') }} as currency,
        billed.percent_off as billed_percent_off,
        {{ coupon_term('discounts.inline_coupon', 'duration') }} as duration,
        {{ coupon_term('discounts.inline_coupon', 'product_ids') }} as product_ids,
        case
            when discounts.subscription_item_id is not null then 'item'
            when discounts.subscription_id is not null then 'subscription'
            else 'customer'
        end as scope
    from discounts
    left join coupons on discounts.coupon_id = coupons.coupon_id
    left join billed on discounts.discount_id = billed.discount_id
),

-- a customer has one discount at a time: the next one takes its place, which no subscription lists
followed as (
    select
        *,
        case
            when scope = 'customer'
                then lead(started_at) over (
                    partition by owner_id, scope order by started_at nulls last, discount_id nulls last
                )
        end as replaced_at
    from described
)

select
    discount_id,
    owner_id,
    customer_id,
    subscription_id,
    subscription_item_id,
    coupon_id,
    started_at,
    least(coalesce(ended_at, replaced_at), coalesce(replaced_at, ended_at)) as ended_at,
    percent_off,
    amount_off_minor,
    currency,
    billed_percent_off,
    duration,
    product_ids,
    scope
from followed
where duration is distinct from 'once' or {{ policy_flag('once_coupons_reduce_mrr') }}
