{{ config(materialized='incremental', incremental_strategy='objects', unique_key='event_id') }}

with current_rows as (
    select * from {{ current_versions(source('raw_hubspot', 'events')) }} as versions
),

parsed as (
    select
        id,
        {{ json_struct('payload', {
            'eventType': 'VARCHAR',
            'objectType': 'VARCHAR',
            'objectId': 'VARCHAR',
            'occurredAt': 'VARCHAR',
        }) }} as occurrence
    from current_rows
    where not deleted
),

final as (
    select
        id as event_id,
        lower({{ hubspot_text('occurrence.eventtype') }}) as event_type,
        case when upper(occurrence.objecttype) = 'CONTACT' then {{ hubspot_text('occurrence.objectid') }} end as contact_id,
        {{ iso_to_timestamp('occurrence.occurredat') }} as occurred_at,
        {{ failed_casts([['occurrence.occurredat', iso_to_timestamp('occurrence.occurredat')]]) }} as failed_casts
    from parsed
)

select * from final
