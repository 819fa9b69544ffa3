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
        observed.contact_id,
        implied_stages.stage,
        implied_stages.stage_order,
        min(observed.first_entered_at) as implied_at
    from observed
    inner join implied_stages on observed.stage_order > implied_stages.stage_order
    group by observed.contact_id, implied_stages.stage, implied_stages.stage_order
),

final as (
    select
        later_stages.contact_id,
        later_stages.stage,
        later_stages.stage_order,
        later_stages.implied_at
    from later_stages
    left join observed
        on later_stages.contact_id = observed.contact_id and later_stages.stage = observed.stage
    where observed.contact_id is null
)

select * from final
