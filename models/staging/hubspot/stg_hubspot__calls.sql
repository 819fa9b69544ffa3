{{ config(materialized='incremental', incremental_strategy='objects', unique_key='call_id') }}

with current_rows as (
    select * from {{ current_versions(source('raw_hubspot', 'calls')) }} as versions
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
            'hs_call_direction': 'VARCHAR',
            'hs_call_status': 'VARCHAR',
            'hs_call_duration': 'VARCHAR',
            'hs_timestamp': 'VARCHAR',
            'hs_createdate': 'VARCHAR',
        }}) }}.properties as properties
    from current_rows
),

typed as (
    select
        id as call_id,
        {{ hubspot_text('properties.hubspot_owner_id') }} as owner_id,
        {{ hubspot_text('properties.hs_activity_type') }} as activity_type,
        upper({{ hubspot_text('properties.hs_call_direction') }}) as direction,
        upper({{ hubspot_text('properties.hs_call_status') }}) as call_status,
        {{ try_bigint('properties.hs_call_duration') }} as duration_ms,
        {{ iso_to_timestamp('properties.hs_timestamp') }} as called_at,
        coalesce({{ iso_to_timestamp('properties.hs_createdate') }}, created_at) as created_at,
        updated_at,
        deleted as is_archived,
        {{ failed_casts([
            ['properties.hs_call_duration', try_bigint('properties.hs_call_duration')],
            ['properties.hs_timestamp', iso_to_timestamp('properties.hs_timestamp')],
            ['properties.hs_createdate', iso_to_timestamp('properties.hs_createdate')],
        ]) }} as failed_casts
    from parsed
)

select * from typed
