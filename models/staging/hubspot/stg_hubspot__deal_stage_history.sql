{{ config(materialized='incremental', incremental_strategy='objects', unique_key='deal_id') }}

with current_rows as (
    select * from {{ current_versions(source('raw_hubspot', 'deals')) }} as versions
),

parsed as (
    select
        id,
        {{ json_struct('payload', {'propertiesWithHistory': {
            'dealstage': [{'value': 'VARCHAR', 'timestamp': 'VARCHAR', 'sourceType': 'VARCHAR'}],
        }}) }} as object
    from current_rows
),

history as (
    select
        id,
        {{ explode_with_position('object.propertieswithhistory.dealstage', 'position', 'entry') }}
    from parsed
),

final as (
    select
        id as deal_id,
        -- HubSpot lists the newest first: 0 is the current value.
        cast(position as bigint) as position,
        {{ hubspot_text('entry.value') }} as stage_id,
        {{ iso_to_timestamp("entry['timestamp']") }} as entered_at,
        upper({{ hubspot_text('entry.sourcetype') }}) as source_type,
        {{ failed_casts([["entry['timestamp']", iso_to_timestamp("entry['timestamp']")]]) }} as failed_casts
    from history
)

select * from final
