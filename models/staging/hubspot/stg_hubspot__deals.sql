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
        {{ json_struct('payload', {'properties': {
            'dealname': 'VARCHAR',
            'pipeline': 'VARCHAR',
            'dealstage': 'VARCHAR',
            'hs_deal_stage_probability': 'VARCHAR',
            'amount': 'VARCHAR',
            'amount_in_home_currency': 'VARCHAR',
            'deal_currency_code': 'VARCHAR',
            'closedate': 'VARCHAR',
            'createdate': 'VARCHAR',
            'hubspot_owner_id': 'VARCHAR',
            'hs_analytics_source': 'VARCHAR',
            'hs_merged_object_ids': 'VARCHAR',
        }}) }}.properties as properties
    from current_rows
),

typed as (
    select
        id as deal_id,
        {{ hubspot_text('properties.dealname') }} as deal_name,
        {{ hubspot_text('properties.pipeline') }} as pipeline_id,
        {{ hubspot_text('properties.dealstage') }} as stage_id,
        try_cast(properties.hs_deal_stage_probability as decimal(9, 6)) as stage_probability,
        try_cast(properties.amount as decimal(18, 4)) as amount,
        try_cast(properties.amount_in_home_currency as decimal(18, 4)) as amount_in_home_currency,
        lower({{ hubspot_text('properties.deal_currency_code') }}) as currency,
        {{ iso_to_timestamp('properties.closedate') }} as close_at,
        coalesce({{ iso_to_timestamp('properties.createdate') }}, created_at) as created_at,
        {{ hubspot_text('properties.hubspot_owner_id') }} as owner_id,
        {{ hubspot_text('properties.hs_analytics_source') }} as analytics_source,
        {{ hubspot_text('properties.hs_merged_object_ids') }} as merged_object_ids,
        updated_at,
        deleted as is_archived,
        {{ failed_casts([
            ['properties.hs_deal_stage_probability', 'try_cast(properties.hs_deal_stage_probability as decimal(9, 6))'],
            ['properties.amount', 'try_cast(properties.amount as decimal(18, 4))'],
            ['properties.amount_in_home_currency', 'try_cast(properties.amount_in_home_currency as decimal(18, 4))'],
            ['properties.closedate', iso_to_timestamp('properties.closedate')],
            ['properties.createdate', iso_to_timestamp('properties.createdate')],
        ]) }} as failed_casts
    from parsed
)

select * from typed
