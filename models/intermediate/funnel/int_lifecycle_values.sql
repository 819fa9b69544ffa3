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

stage_map as (
    select * from {{ ref('lifecycle_stages') }}
),

lists as (
    {%- for object_type, record in records.items() %}
    select
        '{{ object_type }}' as object_type,
        living.{{ record }}_id as record_id,
        history.{{ record }}_id as source_record_id,
        history.position,
        history.source_stage,
        history.entered_at,
        history.source_type
    from {{ ref('stg_hubspot__' ~ record ~ '_lifecycle_history') }} as history
    left join merged_ids
        on merged_ids.object_type = '{{ object_type }}' and history.{{ record }}_id = merged_ids.old_id
    inner join {{ ref('int_hubspot_' ~ object_type) }} as living
        on coalesce(merged_ids.surviving_id, history.{{ record }}_id) = living.{{ record }}_id
    where history.entered_at <= {{ as_of() }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

-- A value that the surviving record took over stands in both lists. It is of the one that was merged away; of two such, of the
-- older one, since what merges leave is newer than what went up in it.
origins as (
    select
        lists.*,
        coalesce(stage_map.stage, lists.source_stage) as stage,
        stage_map.stage_order,
        case when lists.source_type in ('IMPORT', 'MIGRATION') then 1 else 0 end as is_bulk,
        first_value(lists.source_record_id) over (
            partition by lists.object_type, lists.record_id, lists.entered_at, lists.source_stage
            order by
                case when lists.source_record_id = lists.record_id then 1 else 0 end nulls last,
                {{ try_bigint('lists.source_record_id') }} nulls last,
                lists.source_record_id nulls last
        ) as origin_id
    from lists
    left join stage_map on lists.source_stage = stage_map.source_stage
),

-- What came next is asked of each record's own list: two lists shuffled together would show steps that nobody took.
stepped as (
    select
        *,
        lead(stage_order) over next_in_list as next_stage_order,
        lead(origin_id) over next_in_list as next_origin_id,
        lag(stage) over (
            partition by object_type, source_record_id order by entered_at nulls last, position desc nulls last
        ) as previous_stage,
        lag(stage) over (
            partition by object_type, source_record_id, is_bulk order by entered_at nulls last, position desc nulls last
        ) as previous_stage_of_kind
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
        -- an import before it does not make the record's first own entry a repetition
        min(case when previous_stage = stage and previous_stage_of_kind = stage then 1 else 0 end) over (
            partition by object_type, source_record_id, entered_at, source_stage
        ) = 1 as is_repeated,
        row_number() over (
            partition by object_type, record_id, entered_at, source_stage
            order by
                case when source_record_id = origin_id then 0 else 1 end nulls last,
                is_bulk nulls last,
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
        is_followed_by_earlier_stage,
        is_repeated
    from ranked
    where copy_rank = 1
)

select * from final
