{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with subscriptions as (
    select
        subscription_id,
        {{ explode('default_tax_rates') }} as tax_rate
    from {{ touched(ref('stg_stripe__subscription_versions')) }}
    where is_current
),

items as (
    select
        subscription_item_id,
        {{ explode('tax_rates') }} as tax_rate
    from {{ touched(ref('int_subscription_state_items'), 'subscription_id') }}
    where is_current
),

by_subscription as (
    select
        subscription_id,
        sum(try_cast(tax_rate.percentage as decimal(9, 4))) as percentage
    from subscriptions
    where tax_rate.inclusive = 'true'
    group by 1
),

-- an item with rates of its own, be they on top of the price, does not have the subscription's
by_item as (
    select
        subscription_item_id,
        sum(case when tax_rate.inclusive = 'true' then try_cast(tax_rate.percentage as decimal(9, 4)) else 0 end) as percentage
    from items
    group by 1
),

all_items as (
    select
        subscription_item_id,
        subscription_id
    from {{ touched(ref('int_item_lifetimes'), 'subscription_id') }}
)

select
    all_items.subscription_item_id,
    all_items.subscription_id,
    cast(coalesce(by_item.percentage, by_subscription.percentage) as decimal(18, 8)) as percentage
from all_items
left join by_item on all_items.subscription_item_id = by_item.subscription_item_id
left join by_subscription on all_items.subscription_id = by_subscription.subscription_id
