{{ config(meta={'dates': {
    'stg_hubspot__contact_lifecycle_history': ['entered_at'],
    'stg_hubspot__company_lifecycle_history': ['entered_at'],
}}) }}
{%- set records = {'contacts': 'contact', 'companies': 'company'} -%}

with merged_ids as (
    select * from {{ ref('int_hubspot_merged_ids') }}
),

stage_map as (
    select * from {{ ref('lifecycle_stages') }}
),

living as (
    {%- for object_type, record in records.items() %}
    select
        '{{ object_type }}' as object_type,
        {{ record }}_id as record_id,
        lifecycle_stage,
        updated_at
    from {{ ref('int_hubspot_' ~ object_type) }}
    where lifecycle_stage is not null
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

later_values as (
    {%- for object_type, record in records.items() %}
    select
        '{{ object_type }}' as object_type,
        {{ record }}_id as source_record_id
    from {{ ref('stg_hubspot__' ~ record ~ '_lifecycle_history') }}
    where entered_at > {{ as_of() }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

changed_later as (
    select distinct
        later_values.object_type,
        coalesce(merged_ids.surviving_id, later_values.source_record_id) as record_id
    from later_values
    left join merged_ids
        on later_values.object_type = merged_ids.object_type and later_values.source_record_id = merged_ids.old_id
),

final as (
    select
        living.object_type,
        living.record_id,
        coalesce(stage_map.stage, living.lifecycle_stage) as stage,
        stage_map.stage_order,
        living.updated_at
    from living
    left join changed_later
        on living.object_type = changed_later.object_type and living.record_id = changed_later.record_id
    left join stage_map on living.lifecycle_stage = stage_map.source_stage
    where changed_later.record_id is null
)

select * from final
