with lifecycle_values as (
    select * from {{ ref('int_lifecycle_values') }}
),

entries as (
    select * from {{ ref('int_lifecycle_entries') }}
),

present_stages as (
    select * from {{ ref('int_present_stages') }}
),

undated as (
    select * from {{ ref('int_undated_stages') }}
),

-- A cleared stage ends the one before it: it is a change too, though no entry.
changes as (
    select
        object_type,
        record_id,
        stage,
        stage_order,
        entered_at,
        position,
        case when entry_source in ('IMPORT', 'MIGRATION') then 'bulk' else 'history' end as evidence
    from lifecycle_values
    union all
    select
        object_type,
        record_id,
        stage,
        stage_order,
        entered_at,
        position,
        evidence
    from entries
    where evidence = 'date_property'
),

all_changes as (
    select * from changes
    union all
    select
        object_type,
        record_id,
        stage,
        stage_order,
        entered_at,
        cast(null as bigint) as position,
        'present_value' as evidence
    from undated
),

-- After a merge the newest value may be that of the record that lost: the last one that is still the record's own stands, and
-- what was set after it is past. A record of which no value is still its own stands where it was set last.
compared as (
    select
        all_changes.*,
        case when all_changes.stage = present_stages.stage then 1 else 0 end as is_present_stage
    from all_changes
    left join present_stages
        on all_changes.object_type = present_stages.object_type and all_changes.record_id = present_stages.record_id
),

ordered as (
    select
        *,
        max(is_present_stage) over (partition by object_type, record_id) as has_present_stage,
        max(is_present_stage) over (
            partition by object_type, record_id
            order by entered_at nulls last, position desc nulls last, stage_order nulls last, stage nulls last
            rows between current row and unbounded following
        ) as leads_to_present_stage
    from compared
),

spans as (
    select
        *,
        lead(entered_at) over (
            partition by object_type, record_id
            order by entered_at nulls last, position desc nulls last, stage_order nulls last, stage nulls last
        ) as left_at
    from ordered
    where leads_to_present_stage = has_present_stage
),

final as (
    select
        object_type,
        record_id,
        stage,
        stage_order,
        entered_at as valid_from,
        left_at as valid_to,
        evidence
    from spans
    where stage is not null and (left_at is null or left_at > entered_at)
)

select * from final
