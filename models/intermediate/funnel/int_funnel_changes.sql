with months as (
    select * from {{ ref('int_funnel_months') }}
),

spans as (
    select * from {{ ref('int_stage_spans') }}
),

stages_reached as (
    select * from {{ ref('int_stages_reached') }}
),

record_dimensions as (
    select * from {{ ref('int_record_dimensions') }}
),

ranges as (
    select
        month,
        ends_at,
        is_complete,
        lag(ends_at) over (order by month nulls last) as begins_at
    from months
),

-- each by the moment from which on it counts at every month's end
changes as (
    select
        object_type,
        record_id,
        stage,
        valid_from as changed_at,
        1 as standing,
        0 as entered,
        0 as reached
    from spans
    union all
    select
        object_type,
        record_id,
        stage,
        valid_to as changed_at,
        -1 as standing,
        0 as entered,
        0 as reached
    from spans
    where valid_to is not null
    union all
    select
        object_type,
        record_id,
        stage,
        entered_at as changed_at,
        0 as standing,
        1 as entered,
        0 as reached
    from stages_reached
    where entered_at is not null
    union all
    select
        object_type,
        record_id,
        stage,
        reached_at as changed_at,
        0 as standing,
        0 as entered,
        1 as reached
    from stages_reached
),

-- what changes at a month's very end is of the next one; at that of the present one it counts, and nobody has left yet
final as (
    select
        ranges.month,
        changes.object_type,
        changes.stage,
        record_dimensions.segment,
        record_dimensions.source,
        record_dimensions.owner,
        sum(changes.standing) as standing,
        sum(changes.entered) as entered,
        sum(changes.reached) as reached
    from changes
    inner join ranges
        on
            coalesce(changes.changed_at >= ranges.begins_at, true)
            and (
                changes.changed_at < ranges.ends_at
                or (changes.changed_at = ranges.ends_at and not ranges.is_complete and changes.standing >= 0)
            )
    inner join record_dimensions
        on changes.object_type = record_dimensions.object_type and changes.record_id = record_dimensions.record_id
    group by
        ranges.month, changes.object_type, changes.stage,
        record_dimensions.segment, record_dimensions.source, record_dimensions.owner
)

select * from final
