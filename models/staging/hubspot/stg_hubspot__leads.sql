{{ config(materialized='incremental', incremental_strategy='objects', unique_key='lead_id') }}

with current_rows as (
    select * from {{ current_versions(source('raw_hubspot', 'leads')) }} as versions
),

parsed as (
    select
        id,
        created_at,
        updated_at,
        deleted,
        {{ json_struct('payload', {'properties': {
            'hubspot_owner_id': 'VARCHAR',
            'hs_lead_label': 'VARCHAR',
            'hs_lead_type': 'VARCHAR',
            'hs_pipeline': 'VARCHAR',
            'hs_pipeline_stage': 'VARCHAR',
            'hs_createdate': 'VARCHAR',
        }}) }}.properties as properties
    from current_rows
),

typed as (
    select
        id as lead_id,
        {{ hubspot_text('properties.hubspot_owner_id') }} as owner_id,
        upper({{ hubspot_text('properties.hs_lead_label') }}) as lead_label,
        upper({{ hubspot_text('properties.hs_lead_type') }}) as lead_type,
        {{ hubspot_text('properties.hs_pipeline') }} as pipeline_id,
        {{ hubspot_text('properties.hs_pipeline_stage') }} as stage_id,
        coalesce({{ iso_to_timestamp('properties.hs_createdate') }}, created_at) as created_at,
        updated_at,
        deleted as is_archived,
        {{ failed_casts([
            ['properties.hs_createdate', iso_to_timestamp('properties.hs_createdate')],
        ]) }} as failed_casts
    from parsed
)

select * from typed
