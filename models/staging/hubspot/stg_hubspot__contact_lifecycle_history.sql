{{ config(materialized='incremental', incremental_strategy='objects', unique_key='contact_id') }}

with current_rows as (
    select * from {{ current_versions(source('raw_hubspot', 'contacts')) }} as versions
),

parsed as (
    select
        id,
        {{ json_struct('payload', {'propertiesWithHistory': {
            'lifecyclestage': [{'value': 'VARCHAR', 'timestamp': 'VARCHAR', 'sourceType': 'VARCHAR'}],
        }}) }} as object
    from current_rows
),

history as (
    select
        id,
        {{ explode_with_position('object.propertieswithhistory.lifecyclestage', 'position', 'entry') }}
    from parsed
),

final as (
    select
        id as contact_id,
        -- HubSpot lists the newest first: 0 is the current value.
        cast(position as bigint) as position,
        {{ hubspot_text('entry.value') }} as source_stage,
        {{ iso_to_timestamp("entry['timestamp']") }} as entered_at,
        upper({{ hubspot_text('entry.sourcetype') }}) as source_type,
        {{ failed_casts([["entry['timestamp']", iso_to_timestamp("entry['timestamp']")]]) }} as failed_casts
    from history
)

select * from final
