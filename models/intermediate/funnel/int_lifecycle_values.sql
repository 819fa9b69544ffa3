{{ config(meta={'dates': {
    'stg_hubspot__contact_lifecycle_history': ['entered_at'],
    'stg_hubspot__company_lifecycle_history': ['entered_at'],
}}) }}
{#- The history of a person who was two records is both histories: HubSpot copies the older one to the surviving record, not
    always whole, and what the warehouse saw before the merge is kept. -#}
{%- set records = {'contacts': 'contact', 'companies': 'company'} -%}

with merged_ids as (
    select * from {{ ref('int_hubspot_merged_ids') }}
),

histories as (
    {%- for object_type, record in records.items() %}
    select
        '{{ object_type }}' as object_type,
        {{ record }}_id as source_record_id,
        position,
        source_stage,
        entered_at,
        source_type
    from {{ ref('stg_hubspot__' ~ record ~ '_lifecycle_history') }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

living as (
    {%- for object_type, record in records.items() %}
    select
        '{{ object_type }}' as object_type,
        {{ record }}_id as record_id
    from {{ ref('int_hubspot_' ~ object_type) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

stage_map as (
    select * from {{ ref('lifecycle_stages') }}
),

resolved as (
    select
        histories.*,
        coalesce(merged_ids.surviving_id, histories.source_record_id) as record_id
    from histories
    left join merged_ids
        on histories.object_type = merged_ids.object_type and histories.source_record_id = merged_ids.old_id
    where histories.entered_at <= {{ as_of() }}
),

-- What came next is asked of each record's own list: two lists shuffled together would show steps that nobody took.
staged as (
    select
        resolved.*,
        coalesce(stage_map.stage, resolved.source_stage) as stage,
        stage_map.stage_order,
        lead(stage_map.stage_order) over (
            partition by
                resolved.object_type,
                resolved.source_record_id,
                case when resolved.source_stage is null then 1 else 0 end -- back to an earlier stage, be it by way of none
            order by resolved.entered_at nulls last, resolved.position desc nulls last
        ) as next_stage_order
    from resolved
    inner join living
        on resolved.object_type = living.object_type and resolved.record_id = living.record_id
    left join stage_map on resolved.source_stage = stage_map.source_stage
),

-- A value that the surviving record took over stands in both lists. Where one list has it twice in one instant, the entry that
-- is no import says that it was more than one.
ranked as (
    select
        *,
        max(case when next_stage_order < stage_order then 1 else 0 end) over (
            partition by object_type, record_id, entered_at, source_stage
        ) = 1 as is_followed_by_earlier_stage,
        row_number() over (
            partition by object_type, record_id, entered_at, source_stage
            order by
                case when source_record_id = record_id then 1 else 0 end nulls last,
                source_record_id nulls last,
                case when source_type in ('IMPORT', 'MIGRATION') then 1 else 0 end nulls last,
                position nulls last
        ) as copy_rank
    from staged
),

final as (
    select
        object_type,
        record_id,
        source_record_id,
        position,
        source_stage,
        stage,
        stage_order,
        entered_at,
        coalesce(source_type, 'UNKNOWN') as entry_source,
        is_followed_by_earlier_stage
    from ranked
    where copy_rank = 1
)

select * from final
