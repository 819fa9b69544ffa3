with observed as (
    select * from {{ ref('int_stage_entries_observed') }}
),

implied_stages as (
    select distinct
        stage,
        stage_order
    from {{ ref('lifecycle_stages') }}
    where implied_by_later
),

-- Whoever stands at a later stage has passed the earlier ones: dated with the first later stage that was seen.
later_stages as (
    select
        observed.object_type,
        observed.record_id,
        implied_stages.stage,
        implied_stages.stage_order,
        min(observed.first_entered_at) as implied_at
    from observed
    inner join implied_stages on observed.stage_order > implied_stages.stage_order
    group by observed.object_type, observed.record_id, implied_stages.stage, implied_stages.stage_order
),

final as (
    select
        later_stages.object_type,
        later_stages.record_id,
        later_stages.stage,
        later_stages.stage_order,
        later_stages.implied_at
    from later_stages
    left join observed
        on
            later_stages.object_type = observed.object_type
            and later_stages.record_id = observed.record_id
            and later_stages.stage = observed.stage
    where observed.record_id is null
)

select * from final
