{{ config(materialized='incremental', incremental_strategy='objects', unique_key='feedback_id') }}

with current_rows as (
    select * from {{ current_versions(source('raw_hubspot', 'feedback_submissions')) }} as versions
),

parsed as (
    select
        id,
        created_at,
        deleted,
        {{ json_struct('payload', {'properties': {
            'hs_survey_type': 'VARCHAR',
            'hs_survey_id': 'VARCHAR',
            'hs_value': 'VARCHAR',
            'hs_response_group': 'VARCHAR',
            'hs_submission_timestamp': 'VARCHAR',
            'hs_createdate': 'VARCHAR',
        }}) }}.properties as properties
    from current_rows
),

final as (
    select
        id as feedback_id,
        upper({{ hubspot_text('properties.hs_survey_type') }}) as survey_type,
        {{ hubspot_text('properties.hs_survey_id') }} as survey_id,
        try_cast({{ hubspot_text('properties.hs_value') }} as decimal(9, 2)) as score,
        lower({{ hubspot_text('properties.hs_response_group') }}) as response_group,
        coalesce(
            {{ hubspot_time('properties.hs_submission_timestamp') }},
            {{ hubspot_time('properties.hs_createdate') }},
            created_at
        ) as submitted_at,
        deleted as is_archived,
        {{ failed_casts([
            ['properties.hs_value', 'try_cast(' ~ hubspot_text('properties.hs_value') ~ ' as decimal(9, 2))'],
            ['properties.hs_submission_timestamp', hubspot_time('properties.hs_submission_timestamp')],
            ['properties.hs_createdate', hubspot_time('properties.hs_createdate')],
        ]) }} as failed_casts
    from parsed
)

select * from final
