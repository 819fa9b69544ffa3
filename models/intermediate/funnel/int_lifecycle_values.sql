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
        living.record_id,
        coalesce(stage_map.stage, histories.source_stage) as stage,
        stage_map.stage_order
    from histories
    left join merged_ids
        on histories.object_type = merged_ids.object_type and histories.source_record_id = merged_ids.old_id
    inner join living
        on
            histories.object_type = living.object_type
            and coalesce(merged_ids.surviving_id, histories.source_record_id) = living.record_id
    left join stage_map on histories.source_stage = stage_map.source_stage
    where histories.entered_at <= {{ as_of() }}
),

-- A value that the surviving record took over stands in both lists. It is of the one that was merged away; of two such, of the
-- older one, since what merges leave is newer than what went up in it.
origins as (
    select
        *,
        first_value(source_record_id) over (
            partition by object_type, record_id, entered_at, source_stage
            order by
                case when source_record_id = record_id then 1 else 0 end nulls last,
                {{ try_bigint('source_record_id') }} nulls last,
                source_record_id nulls last
        ) as origin_id
    from resolved
),

-- What came next is asked of each record's own list: two lists shuffled together would show steps that nobody took.
stepped as (
    select
        *,
        lead(stage_order) over next_in_list as next_stage_order,
        lead(origin_id) over next_in_list as next_origin_id
    from origins
    window next_in_list as (
        partition by
            object_type,
            source_record_id,
            case when source_stage is null then 1 else 0 end -- back to an earlier stage, be it by way of none
        order by entered_at nulls last, position desc nulls last
    )
),

-- A list that took over two others is shuffled itself: a step in it leads to a value of the same origin or of the list's own.
-- Where one list has a value twice in one instant, the entry that is no import says that it was more than one.
ranked as (
    select
        *,
        max(
            case when next_stage_order < stage_order and next_origin_id in (origin_id, source_record_id) then 1 else 0 end
        ) over (partition by object_type, record_id, entered_at, source_stage) = 1 as is_followed_by_earlier_stage,
        row_number() over (
            partition by object_type, record_id, entered_at, source_stage
            order by
                case when source_record_id = origin_id then 0 else 1 end nulls last,
                case when source_type in ('IMPORT', 'MIGRATION') then 1 else 0 end nulls last,
                position nulls last
        ) as copy_rank
    from stepped
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
