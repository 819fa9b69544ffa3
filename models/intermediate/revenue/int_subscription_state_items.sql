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
),

items as (
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
),

exploded_previous as (
    select
        subscription_id,
        event_id,
        observed_at,
        {{ explode('previous_items') }} as item
    from {{ changed(ref('stg_stripe__subscription_events')) }}
),

previous_items as (
    select
        subscription_id,
        event_id,
        observed_at,
        item.id as subscription_item_id,
        coalesce(item.price.id, item.plan.id) as price_id,
        {{ try_bigint('item.quantity') }} as quantity
    from exploded_previous
),

-- what an event says was so until then: no event of that second that shows it came after it
past_items as (
    select distinct
        previous_items.subscription_id,
        previous_items.observed_at,
        previous_items.subscription_item_id,
        previous_items.price_id,
        previous_items.quantity
    from previous_items
    left join items
        on
            previous_items.event_id = items.source_id
            and previous_items.subscription_item_id = items.subscription_item_id
            and previous_items.price_id = items.price_id
            and previous_items.quantity = items.quantity
    where items.source_id is null
)

select
    items.*,
    items.source = 'event' and past_items.subscription_item_id is not null as is_superseded
from items
left join past_items
    on
        items.subscription_id = past_items.subscription_id
        and items.observed_at = past_items.observed_at
        and items.subscription_item_id = past_items.subscription_item_id
        and items.price_id = past_items.price_id
        and items.quantity = past_items.quantity
