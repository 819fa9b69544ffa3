{{ config(materialized='incremental', incremental_strategy='objects', unique_key='email_id') }}

with current_rows as (
    select * from {{ current_versions(source('raw_hubspot', 'emails')) }} as versions
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
            'hs_email_direction': 'VARCHAR',
            'hs_email_status': 'VARCHAR',
            'hs_email_open_count': 'VARCHAR',
            'hs_email_click_count': 'VARCHAR',
            'hs_email_reply_count': 'VARCHAR',
            'hs_timestamp': 'VARCHAR',
            'hs_createdate': 'VARCHAR',
        }}) }}.properties as properties
    from current_rows
),

typed as (
    select
        id as email_id,
        {{ hubspot_text('properties.hubspot_owner_id') }} as owner_id,
        {{ hubspot_text('properties.hs_activity_type') }} as activity_type,
        upper({{ hubspot_text('properties.hs_email_direction') }}) as direction,
        upper({{ hubspot_text('properties.hs_email_status') }}) as email_status,
        {{ try_bigint('properties.hs_email_open_count') }} as opens,
        {{ try_bigint('properties.hs_email_click_count') }} as clicks,
        {{ try_bigint('properties.hs_email_reply_count') }} as replies,
        {{ iso_to_timestamp('properties.hs_timestamp') }} as sent_at,
        coalesce({{ iso_to_timestamp('properties.hs_createdate') }}, created_at) as created_at,
        updated_at,
        deleted as is_archived,
        {{ failed_casts([
            ['properties.hs_email_open_count', try_bigint('properties.hs_email_open_count')],
            ['properties.hs_email_click_count', try_bigint('properties.hs_email_click_count')],
            ['properties.hs_email_reply_count', try_bigint('properties.hs_email_reply_count')],
            ['properties.hs_timestamp', iso_to_timestamp('properties.hs_timestamp')],
            ['properties.hs_createdate', iso_to_timestamp('properties.hs_createdate')],
        ]) }} as failed_casts
    from parsed
)

select * from typed
