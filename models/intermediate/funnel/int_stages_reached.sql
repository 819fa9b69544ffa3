with entries as (
    select * from {{ ref('int_lifecycle_entries') }}
),

implied_stages as (
    select distinct
        stage,
        stage_order
    from {{ ref('lifecycle_stages') }}
    where implied_by_later
),

first_entries as (
    select
        object_type,
        record_id,
        stage,
        max(stage_order) as stage_order,
        min(entered_at) as entered_at
    from entries
    group by object_type, record_id, stage
),

-- Whoever stands at a later stage has passed the earlier ones, also one that is entered only afterwards.
passed as (
    select
        first_entries.object_type,
        first_entries.record_id,
        implied_stages.stage,
        min(first_entries.entered_at) as passed_at
    from first_entries
    inner join implied_stages on first_entries.stage_order > implied_stages.stage_order
    group by first_entries.object_type, first_entries.record_id, implied_stages.stage
),

final as (
    select
        coalesce(first_entries.object_type, passed.object_type) as object_type,
        coalesce(first_entries.record_id, passed.record_id) as record_id,
        coalesce(first_entries.stage, passed.stage) as stage,
        first_entries.entered_at,
        least(
            coalesce(first_entries.entered_at, passed.passed_at), coalesce(passed.passed_at, first_entries.entered_at)
        ) as reached_at
    from first_entries
    full join passed
        on
            first_entries.object_type = passed.object_type
            and first_entries.record_id = passed.record_id
            and first_entries.stage = passed.stage
)

select * from final
