{{ config(materialized='incremental', incremental_strategy='objects', unique_key='task_id') }}

with current_rows as (
    select * from {{ current_versions(source('raw_hubspot', 'tasks')) }} as versions
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
            'hs_task_type': 'VARCHAR',
            'hs_task_status': 'VARCHAR',
            'hs_task_priority': 'VARCHAR',
            'hs_task_completion_date': 'VARCHAR',
            'hs_timestamp': 'VARCHAR',
            'hs_createdate': 'VARCHAR',
        }}) }}.properties as properties
    from current_rows
),

typed as (
    select
        id as task_id,
        {{ hubspot_text('properties.hubspot_owner_id') }} as owner_id,
        {{ hubspot_text('properties.hs_activity_type') }} as activity_type,
        upper({{ hubspot_text('properties.hs_task_type') }}) as task_type,
        upper({{ hubspot_text('properties.hs_task_status') }}) as task_status,
        upper({{ hubspot_text('properties.hs_task_priority') }}) as priority,
        {{ iso_to_timestamp('properties.hs_timestamp') }} as due_at,
        {{ iso_to_timestamp('properties.hs_task_completion_date') }} as completed_at,
        coalesce({{ iso_to_timestamp('properties.hs_createdate') }}, created_at) as created_at,
        updated_at,
        deleted as is_archived,
        {{ failed_casts([
            ['properties.hs_timestamp', iso_to_timestamp('properties.hs_timestamp')],
            ['properties.hs_task_completion_date', iso_to_timestamp('properties.hs_task_completion_date')],
            ['properties.hs_createdate', iso_to_timestamp('properties.hs_createdate')],
        ]) }} as failed_casts
    from parsed
)

select * from typed
