{{ config(materialized='incremental', incremental_strategy='dated_objects', unique_key='event_id') }}

with events as (
    select * from {{ current_versions(source('raw_stripe', 'events'), dated_since_last_build()) }}
    where created_at <= {{ as_of() }}
),

parsed as (
    select
        id,
        created_at as event_created_at,
        extracted_at,
        {{ json_struct('payload', {
            "type": "VARCHAR",
            "data": {
                "object": stripe_subscription_schema(),
                "previous_attributes": "VARCHAR",
            },
        }) }} as event
    from events
),

subscription_events as (
    select
        id,
        event_created_at,
        extracted_at,
        event.type as event_type,
        event.data.object as subscription,
        event.data.previous_attributes as previous_json,
        {{ json_struct('event.data.previous_attributes', {
            "status": "VARCHAR",
            "status_details": {"paused": {"transitioned_at": "VARCHAR"}},
            "pause_collection": {"behavior": "VARCHAR"},
            "items": {"data": [
                {"id": "VARCHAR", "quantity": "VARCHAR", "price": {"id": "VARCHAR"}, "plan": {"id": "VARCHAR"}}
            ]},
        }) }} as previous
    from parsed
    where event.type like 'customer.subscription.%'
)

select
    id as event_id,
    event_type,
    subscription.id as subscription_id,
    event_created_at as observed_at,
    extracted_at,
    previous.status as previous_status,
    {{ epoch_to_timestamp('previous.status_details.paused.transitioned_at') }} as previous_paused_at,
    previous.pause_collection.behavior as previous_pause_behavior,
    -- no pause before and no word of one are the same once parsed
    coalesce(previous_json like '%"pause_collection"%', false) as has_changed_pause,
    coalesce(previous_json like '%"pause_collection"%' and previous.pause_collection is null, false) as has_begun_pause,
    previous.items.data as previous_items,
    {{ subscription_columns('subscription') }}
from subscription_events
