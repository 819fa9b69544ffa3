{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with discounts as (
    select * from {{ touched(ref('int_discounts'), 'owner_id') }}
),

sightings as (
    select * from {{ touched(ref('int_discount_sightings'), 'subscription_id') }}
),

customers as (
    select
        customer_id,
        {{ id_of('discount_json') }} as discount_id
    from {{ touched(ref('stg_stripe__customers')) }}
    where discount_json is not null
),

subscriptions as (
    select
        subscription_id,
        customer_id,
        currency
    from {{ touched(ref('stg_stripe__subscriptions')) }}
),

coupon_currencies as (
    select * from {{ ref('stg_stripe__coupon_currencies') }}
),

-- two joins rather than one with an "or": Spark would compare each discount with each subscription
reached as (
    select
        discounts.*,
        subscriptions.subscription_id as reached_subscription_id,
        subscriptions.currency as reached_currency
    from discounts
    inner join subscriptions on discounts.subscription_id = subscriptions.subscription_id
    union all
    select
        discounts.*,
        subscriptions.subscription_id as reached_subscription_id,
        subscriptions.currency as reached_currency
    from discounts
    inner join subscriptions on discounts.customer_id = subscriptions.customer_id
    where
        discounts.scope = 'customer'
        and discounts.subscription_id is distinct from subscriptions.subscription_id
),

seen as (
    select
        discount_id,
        subscription_id,
        max(seen_at) as last_seen_at,
        bool_or(is_current) as is_current,
        -- the place it had when the list was longest: it moves up when another one ends
        max(list_position) as list_position
    from sightings
    where discount_id is not null
    group by 1, 2
)

select
    reached.discount_id,
    reached.reached_subscription_id as subscription_id,
    reached.subscription_item_id,
    reached.scope,
    reached.coupon_id,
    coalesce(
        reached.percent_off,
        case
            when reached.reached_currency <> reached.currency and coupon_currencies.coupon_id is null
                then reached.billed_percent_off
        end
    ) as percent_off,
    -- an amount off is stated in the coupon's own currency; what it is in others, its options say, or else the bills
    case
        when reached.reached_currency <> reached.currency then coupon_currencies.amount_off_minor
        else reached.amount_off_minor
    end as amount_off_minor,
    reached.product_ids,
    reached.started_at,
    reached.ended_at,
    seen.last_seen_at,
    coalesce(seen.list_position, 0) as list_position,
    coalesce(seen.is_current, false) as is_current,
    customers.discount_id is not null as is_of_customer_now
from reached
left join seen
    on
        reached.discount_id = seen.discount_id
        and reached.reached_subscription_id = seen.subscription_id
left join customers
    on
        reached.discount_id = customers.discount_id
        and reached.customer_id = customers.customer_id
left join coupon_currencies
    on
        reached.coupon_id = coupon_currencies.coupon_id
        and reached.reached_currency = coupon_currencies.currency
