{{ config(meta={'dates': {
    'stg_hubspot__contact_stage_dates': ['entered_at'],
    'stg_hubspot__company_stage_dates': ['entered_at'],
}}) }}
{%- set records = {'contacts': 'contact', 'companies': 'company'} -%}

with lifecycle_values as (
    select * from {{ ref('int_lifecycle_values') }}
    where source_stage is not null
),

stage_dates as (
    {%- for object_type, record in records.items() %}
    select
        '{{ object_type }}' as object_type,
        dates.{{ record }}_id as record_id,
        dates.source_stage,
        dates.entered_at
    from {{ ref('stg_hubspot__' ~ record ~ '_stage_dates') }} as dates
    inner join {{ ref('int_hubspot_' ~ object_type) }} as living
        on dates.{{ record }}_id = living.{{ record }}_id
    where dates.entered_at <= {{ as_of() }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

stage_map as (
    select * from {{ ref('lifecycle_stages') }}
),

stages_in_history as (
    select distinct
        object_type,
        record_id,
        source_stage
    from lifecycle_values
),

history_entries as (
    select
        object_type,
        record_id,
        stage,
        stage_order,
        entered_at,
        position,
        entry_source,
        case when entry_source in ('IMPORT', 'MIGRATION') then 'bulk' else 'history' end as evidence,
        is_followed_by_earlier_stage,
        is_repeated
    from lifecycle_values
),

-- The date property stands in only for a stage that the history does not know at all.
fallback_entries as (
    select
        stage_dates.object_type,
        stage_dates.record_id,
        coalesce(stage_map.stage, stage_dates.source_stage) as stage,
        stage_map.stage_order,
        stage_dates.entered_at,
        cast(null as bigint) as position,
        'DATE_ENTERED_PROPERTY' as entry_source,
        'date_property' as evidence,
        false as is_followed_by_earlier_stage,
        false as is_repeated
    from stage_dates
    left join stages_in_history
        on
            stage_dates.object_type = stages_in_history.object_type
            and stage_dates.record_id = stages_in_history.record_id
            and stage_dates.source_stage = stages_in_history.source_stage
    left join stage_map on stage_dates.source_stage = stage_map.source_stage
    where stages_in_history.record_id is null
),

all_entries as (
    select * from history_entries
    union all
    select * from fallback_entries
),

final as (
    select
        object_type,
        record_id,
        stage,
        stage_order,
        entered_at,
        position,
        entry_source,
        evidence,
        is_followed_by_earlier_stage,
        is_repeated,
        row_number() over (
            partition by object_type, record_id, stage
            order by
                case when evidence = 'bulk' then 1 else 0 end nulls last,
                entered_at nulls last,
                position desc nulls last
        ) as entry_rank
    from all_entries
)

select * from final
