{{ config(materialized='incremental', incremental_strategy='objects', unique_key='deal_id') }}

with current_rows as (
    select * from {{ current_versions(source('raw_hubspot', 'deals')) }} as versions
),

parsed as (
    select
        id,
        created_at,
        updated_at,
        deleted,
        {{ json_struct('payload', {'archivedAt': 'VARCHAR', 'properties': {
            'dealname': 'VARCHAR',
            'dealtype': 'VARCHAR',
            'closed_lost_reason': 'VARCHAR',
            'pipeline': 'VARCHAR',
            'dealstage': 'VARCHAR',
            'hs_deal_stage_probability': 'VARCHAR',
            'amount': 'VARCHAR',
            'amount_in_home_currency': 'VARCHAR',
            'deal_currency_code': 'VARCHAR',
            'hs_acv': 'VARCHAR',
            'closedate': 'VARCHAR',
            'createdate': 'VARCHAR',
            'hubspot_owner_id': 'VARCHAR',
            'hs_analytics_source': 'VARCHAR',
            'hs_merged_object_ids': 'VARCHAR',
            'notes_last_updated': 'VARCHAR',
            'notes_last_contacted': 'VARCHAR',
            'notes_next_activity_date': 'VARCHAR',
            'num_notes': 'VARCHAR',
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
        id as deal_id,
        {{ hubspot_text('properties.dealname') }} as deal_name,
        lower({{ hubspot_text('properties.dealtype') }}) as deal_type,
        lower({{ hubspot_text('properties.closed_lost_reason') }}) as closed_lost_reason,
        {{ hubspot_text('properties.pipeline') }} as pipeline_id,
        {{ hubspot_text('properties.dealstage') }} as stage_id,
        try_cast(properties.hs_deal_stage_probability as decimal(9, 6)) as stage_probability,
        try_cast(properties.amount as decimal(18, 4)) as amount,
        try_cast(properties.amount_in_home_currency as decimal(18, 4)) as amount_in_home_currency,
        try_cast(properties.hs_acv as decimal(18, 4)) as acv,
        lower({{ hubspot_text('properties.deal_currency_code') }}) as currency,
        {{ iso_to_timestamp('properties.closedate') }} as close_at,
        coalesce({{ iso_to_timestamp('properties.createdate') }}, created_at) as created_at,
        {{ hubspot_text('properties.hubspot_owner_id') }} as owner_id,
        {{ hubspot_text('properties.hs_analytics_source') }} as analytics_source,
        {{ hubspot_text('properties.hs_merged_object_ids') }} as merged_object_ids,
        {{ iso_to_timestamp('properties.notes_last_updated') }} as last_activity_at,
        {{ iso_to_timestamp('properties.notes_last_contacted') }} as last_contacted_at,
        {{ iso_to_timestamp('properties.notes_next_activity_date') }} as next_activity_at,
        {{ try_bigint('properties.num_notes') }} as activities,
        updated_at,
        deleted as is_archived,
        {{ iso_to_timestamp('archived_at') }} as archived_at,
        {{ failed_casts([
            ['properties.hs_deal_stage_probability', 'try_cast(properties.hs_deal_stage_probability as decimal(9, 6))'],
            ['properties.amount', 'try_cast(properties.amount as decimal(18, 4))'],
            ['properties.amount_in_home_currency', 'try_cast(properties.amount_in_home_currency as decimal(18, 4))'],
            ['properties.hs_acv', 'try_cast(properties.hs_acv as decimal(18, 4))'],
            ['properties.notes_last_updated', iso_to_timestamp('properties.notes_last_updated')],
            ['properties.notes_last_contacted', iso_to_timestamp('properties.notes_last_contacted')],
            ['properties.notes_next_activity_date', iso_to_timestamp('properties.notes_next_activity_date')],
            ['properties.num_notes', try_bigint('properties.num_notes')],
            ['properties.closedate', iso_to_timestamp('properties.closedate')],
            ['properties.createdate', iso_to_timestamp('properties.createdate')],
        ]) }} as failed_casts
    from objects
)

select * from typed
