{{ config(materialized='incremental', incremental_strategy='changed', unique_key='subscription_id') }}

with states as (
    select * from {{ changed(ref('int_subscription_states'), 'subscription_id') }}
),

exploded as (
    select
        subscription_id,
        source,
        source_id,
        observed_at,
        is_current,
        {{ explode('items') }} as item
    from states
)

select
    subscription_id,
    item.id as subscription_item_id,
    source,
    source_id,
    observed_at,
    is_current,
    {{ epoch_to_timestamp('item.created') }} as created_at,
    coalesce(item.price.id, item.plan.id) as price_id,
    {{ price_columns('item.price', 'item.plan') }},
    {{ try_bigint('item.quantity') }} as quantity,
    item.discounts as discounts_json,
    item.tax_rates
from exploded
