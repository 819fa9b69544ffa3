{{ config(materialized='incremental', incremental_strategy='objects', unique_key='meeting_id') }}

with current_rows as (
    select * from {{ current_versions(source('raw_hubspot', 'meetings')) }} as versions
),

parsed as (
    select
        id,
        created_at,
        updated_at,
        deleted,
        {{ json_struct('payload', {'properties': {
            'hubspot_owner_id': 'VARCHAR',
            'hs_activity_type': 'VARCHAR',
            'hs_meeting_outcome': 'VARCHAR',
            'hs_meeting_source': 'VARCHAR',
            'hs_meeting_start_time': 'VARCHAR',
            'hs_meeting_end_time': 'VARCHAR',
            'hs_timestamp': 'VARCHAR',
            'hs_createdate': 'VARCHAR',
        }}) }}.properties as properties
    from current_rows
),

typed as (
    select
        id as meeting_id,
        {{ hubspot_text('properties.hubspot_owner_id') }} as owner_id,
        {{ hubspot_text('properties.hs_activity_type') }} as activity_type,
        upper({{ hubspot_text('properties.hs_meeting_outcome') }}) as outcome,
        upper({{ hubspot_text('properties.hs_meeting_source') }}) as meeting_source,
        coalesce(
            {{ iso_to_timestamp('properties.hs_meeting_start_time') }}, {{ iso_to_timestamp('properties.hs_timestamp') }}
        ) as starts_at,
        {{ iso_to_timestamp('properties.hs_meeting_end_time') }} as ends_at,
        coalesce({{ iso_to_timestamp('properties.hs_createdate') }}, created_at) as created_at,
        updated_at,
        deleted as is_archived,
        {{ failed_casts([
            ['properties.hs_meeting_start_time', iso_to_timestamp('properties.hs_meeting_start_time')],
            ['properties.hs_meeting_end_time', iso_to_timestamp('properties.hs_meeting_end_time')],
            ['properties.hs_createdate', iso_to_timestamp('properties.hs_createdate')],
        ]) }} as failed_casts
    from parsed
)

select * from typed
