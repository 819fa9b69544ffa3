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

-- what comes before the first month is of that one
dated as (
    select
        *,
        greatest({{ month_start('changed_at') }}, (select min(months.month) from months)) as month
    from changes
),

-- of the present month only what has happened, and at its very end nobody has left yet
final as (
    select
        months.month,
        dated.object_type,
        dated.stage,
        record_dimensions.segment,
        record_dimensions.source,
        record_dimensions.owner,
        sum(dated.standing) as standing,
        sum(dated.entered) as entered,
        sum(dated.reached) as reached
    from dated
    inner join months
        on
            dated.month = months.month
            and (
                dated.changed_at < months.ends_at
                or (dated.changed_at = months.ends_at and not months.is_complete and dated.standing >= 0)
            )
    inner join record_dimensions
        on dated.object_type = record_dimensions.object_type and dated.record_id = record_dimensions.record_id
    group by
        months.month, dated.object_type, dated.stage,
        record_dimensions.segment, record_dimensions.source, record_dimensions.owner
)

select * from final
