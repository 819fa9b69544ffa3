with contacts as (
    select contact_id from {{ ref('int_hubspot_contacts') }}
),

history as (
    select * from {{ ref('stg_hubspot__contact_lifecycle_history') }}
    where entered_at <= {{ as_of() }}
),

stage_dates as (
    select * from {{ ref('stg_hubspot__contact_stage_dates') }}
    where entered_at <= {{ as_of() }}
),

stage_map as (
    select * from {{ ref('lifecycle_stages') }}
),

history_entries as (
    select
        contact_id,
        source_stage,
        entered_at,
        position,
        coalesce(source_type, 'UNKNOWN') as entry_source,
        case when source_type in ('IMPORT', 'MIGRATION') then 'bulk' else 'history' end as evidence
    from history
    where source_stage is not null
),

stages_in_history as (
    select distinct
        contact_id,
        source_stage
    from history_entries
),

-- The date property stands in only for a stage that the history does not know at all.
fallback_entries as (
    select
        stage_dates.contact_id,
        stage_dates.source_stage,
        stage_dates.entered_at,
        cast(null as bigint) as position,
        'DATE_ENTERED_PROPERTY' as entry_source,
        'date_property' as evidence
    from stage_dates
    left join stages_in_history
        on
            stage_dates.contact_id = stages_in_history.contact_id
            and stage_dates.source_stage = stages_in_history.source_stage
    where stages_in_history.contact_id is null
),

all_entries as (
    select * from history_entries
    union all
    select * from fallback_entries
),

final as (
    select
        all_entries.contact_id,
        coalesce(stage_map.stage, all_entries.source_stage) as stage,
        stage_map.stage_order,
        all_entries.entered_at,
        all_entries.entry_source,
        all_entries.evidence,
        lead(stage_map.stage_order) over (
            partition by all_entries.contact_id
            order by all_entries.entered_at nulls last, all_entries.position desc nulls last
        ) as next_stage_order,
        row_number() over (
            partition by all_entries.contact_id, coalesce(stage_map.stage, all_entries.source_stage)
            order by
                case when all_entries.evidence = 'bulk' then 1 else 0 end nulls last,
                all_entries.entered_at nulls last,
                all_entries.position desc nulls last
        ) as entry_rank
    from all_entries
    inner join contacts on all_entries.contact_id = contacts.contact_id
    left join stage_map on all_entries.source_stage = stage_map.source_stage
)

select * from final
