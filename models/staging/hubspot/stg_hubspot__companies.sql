{{ config(materialized='incremental', incremental_strategy='objects', unique_key='company_id') }}

with current_rows as (
    select * from {{ current_versions(source('raw_hubspot', 'companies')) }} as versions
),

parsed as (
    select
        id,
        created_at,
        updated_at,
        deleted,
        {{ json_struct('payload', {'archivedAt': 'VARCHAR', 'properties': {
            'name': 'VARCHAR',
            'domain': 'VARCHAR',
            'hs_additional_domains': 'VARCHAR',
            'segment': 'VARCHAR',
            'lifecyclestage': 'VARCHAR',
            'churn_reason': 'VARCHAR',
            'notes_last_contacted': 'VARCHAR',
            'hubspot_owner_id': 'VARCHAR',
            'hs_analytics_source': 'VARCHAR',
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
        id as company_id,
        {{ hubspot_text('properties.name') }} as company_name,
        lower({{ hubspot_text('properties.domain') }}) as domain,
        lower({{ hubspot_text('properties.hs_additional_domains') }}) as additional_domains,
        lower({{ hubspot_text('properties.segment') }}) as segment,
        {{ hubspot_text('properties.lifecyclestage') }} as lifecycle_stage,
        lower({{ hubspot_text('properties.churn_reason') }}) as churn_reason,
        {{ iso_to_timestamp('properties.notes_last_contacted') }} as last_contacted_at,
        {{ hubspot_text('properties.hubspot_owner_id') }} as owner_id,
        {{ hubspot_text('properties.hs_analytics_source') }} as analytics_source,
        {{ hubspot_text('properties.hs_merged_object_ids') }} as merged_object_ids,
        coalesce({{ iso_to_timestamp('properties.createdate') }}, created_at) as created_at,
        updated_at,
        deleted as is_archived,
        {{ iso_to_timestamp('archived_at') }} as archived_at,
        {{ failed_casts([
            ['properties.createdate', iso_to_timestamp('properties.createdate')],
            ['properties.notes_last_contacted', iso_to_timestamp('properties.notes_last_contacted')],
        ]) }} as failed_casts
    from objects
)

select * from typed
