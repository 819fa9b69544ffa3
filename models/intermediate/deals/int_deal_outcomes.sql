with deals as (
    select * from {{ ref('int_hubspot_deals') }}
),

current_stages as (
    select * from {{ ref('int_deal_stages_as_of') }}
),

close_dates as (
    select * from {{ ref('int_deal_close_dates') }}
),

stages as (
    select * from {{ ref('stg_hubspot__deal_stages') }}
),

-- A stage's id alone finds it where the deal names no pipeline, or another one than the stage's.
stages_of_any_pipeline as (
    select
        stage_id,
        min(stage_label) as stage_label,
        min(probability) as probability
    from stages
    group by stage_id
    having min(probability) = max(probability)
),

reopenings as (
    select
        deal_id,
        sum(case when is_reopening then 1 else 0 end) as times_reopened
    from {{ ref('int_deal_stage_entries') }}
    group by deal_id
),

-- The pipeline's own probability decides; the deal's copy of it only where the stage is gone from all pipelines.
staged as (
    select
        deals.deal_id,
        deals.pipeline_id,
        deals.created_at,
        current_stages.stage_id,
        current_stages.stage_entered_at,
        close_dates.close_at,
        stages.pipeline_label,
        coalesce(stages.stage_label, stages_of_any_pipeline.stage_label) as stage_label,
        coalesce(
            stages.probability,
            case when stages.stage_id is null then stages_of_any_pipeline.probability end,
            case when not current_stages.is_rewound then deals.stage_probability end
        ) as probability
    from deals
    inner join current_stages on deals.deal_id = current_stages.deal_id
    inner join close_dates on deals.deal_id = close_dates.deal_id
    left join stages
        on deals.pipeline_id = stages.pipeline_id and current_stages.stage_id = stages.stage_id
    left join stages_of_any_pipeline on current_stages.stage_id = stages_of_any_pipeline.stage_id
),

-- A deal cannot have closed after as_of: the move to its closed stage says when it did.
closed as (
    select
        *,
        case probability when 1 then 'won' when 0 then 'lost' else 'open' end as outcome,
        case when close_at > {{ as_of() }} then stage_entered_at else close_at end as known_close_at
    from staged
),

final as (
    select
        closed.deal_id,
        closed.pipeline_id,
        closed.pipeline_label,
        closed.stage_id,
        closed.stage_label,
        closed.probability,
        closed.outcome,
        closed.stage_entered_at,
        case when closed.outcome != 'open' then closed.known_close_at end as closed_at,
        case when closed.outcome = 'open' then closed.close_at end as expected_close_at,
        closed.outcome != 'open' and coalesce(closed.close_at > {{ as_of() }}, false) as is_close_date_in_future,
        cast(
            case
                -- a close date that was written as a day is that day's midnight
                when closed.outcome != 'open' and cast(closed.known_close_at as date) >= cast(closed.created_at as date)
                    then greatest({{ days_between('closed.created_at', 'closed.known_close_at') }}, 0)
            end
            as decimal(12, 2)
        ) as cycle_days,
        cast(reopenings.times_reopened as bigint) as times_reopened
    from closed
    left join reopenings on closed.deal_id = reopenings.deal_id
)

select * from final
