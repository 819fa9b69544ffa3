{{ config(materialized='incremental', incremental_strategy='objects', unique_key='contact_id') }}

with current_rows as (
    select * from {{ current_versions(source('raw_hubspot', 'contacts')) }} as versions
),

parsed as (
    select
        id,
        created_at,
        updated_at,
        deleted,
        {{ json_struct('payload', {'archivedAt': 'VARCHAR', 'properties': {
            'email': 'VARCHAR',
            'hs_additional_emails': 'VARCHAR',
            'lifecyclestage': 'VARCHAR',
            'hubspot_owner_id': 'VARCHAR',
            'hs_analytics_source': 'VARCHAR',
            'hs_analytics_source_data_1': 'VARCHAR',
            'hs_analytics_source_data_2': 'VARCHAR',
            'hs_merged_object_ids': 'VARCHAR',
            'createdate': 'VARCHAR',
        }}) }} as record
    from current_rows
),

objects as (
    select
        id,
        created_at,
        updated_at,
        deleted,
        record.archivedat as archived_at,
        record.properties as properties
    from parsed
),

typed as (
    select
        id as contact_id,
        lower({{ hubspot_text('properties.email') }}) as email,
        lower({{ hubspot_text('properties.hs_additional_emails') }}) as additional_emails,
        {{ hubspot_text('properties.lifecyclestage') }} as lifecycle_stage,
        {{ hubspot_text('properties.hubspot_owner_id') }} as owner_id,
        {{ hubspot_text('properties.hs_analytics_source') }} as analytics_source,
        {{ hubspot_text('properties.hs_analytics_source_data_1') }} as analytics_source_data_1,
        {{ hubspot_text('properties.hs_analytics_source_data_2') }} as analytics_source_data_2,
        {{ hubspot_text('properties.hs_merged_object_ids') }} as merged_object_ids,
        coalesce({{ iso_to_timestamp('properties.createdate') }}, created_at) as created_at,
        updated_at,
        deleted as is_archived,
        {{ iso_to_timestamp('archived_at') }} as archived_at,
        {{ failed_casts([['properties.createdate', iso_to_timestamp('properties.createdate')]]) }} as failed_casts
    from objects
)

select * from typed
