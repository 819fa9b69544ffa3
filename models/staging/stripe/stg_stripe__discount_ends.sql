{{ config(materialized='incremental', incremental_strategy='dated_objects', unique_key='event_id') }}

-- few events are of this type: no need to parse the others
with events as (
    select * from {{ current_versions(source('raw_stripe', 'events'), dated_since_last_build()) }}
    where
        created_at <= {{ as_of() }}
        and payload like '%"customer.discount.deleted"%'
),

parsed as (
    select
        id,
        created_at,
        extracted_at,
        {{ json_struct('payload', {
            "type": "VARCHAR", "data": {"object": {"id": "VARCHAR", "customer": "VARCHAR"}},
        }) }} as event
    from events
)

select
    id as event_id,
    event.data.object.id as discount_id,
    {{ id_of('event.data.object.customer') }} as customer_id,
    created_at as removed_at,
    extracted_at
from parsed
where event.type = 'customer.discount.deleted'
