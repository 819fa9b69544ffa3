with deals as (
    select * from {{ ref('int_hubspot_deals') }}
),

history as (
    select * from {{ ref('stg_hubspot__deal_stage_history') }}
    where stage_id is not null and entered_at <= {{ as_of() }}
),

present_stages as (
    select * from {{ ref('int_deal_stages_as_of') }}
),

stages as (
    select * from {{ ref('stg_hubspot__deal_stages') }}
),

-- A stage's id alone finds it where the deal has changed its pipeline since.
stages_of_any_pipeline as (
    select
        stage_id,
        min(pipeline_id) as pipeline_id,
        min(probability) as probability
    from stages
    group by stage_id
),

compared as (
    select
        history.*,
        deals.pipeline_id as deal_pipeline_id,
        case when history.stage_id = present_stages.stage_id then 1 else 0 end as is_present_stage
    from history
    inner join deals on history.deal_id = deals.deal_id
    inner join present_stages on history.deal_id = present_stages.deal_id
),

ordered as (
    select
        *,
        lag(stage_id) over deal_history as previous_stage_id,
        max(is_present_stage) over (partition by deal_id) as has_present_stage,
        max(is_present_stage) over (
            partition by deal_id
            order by entered_at nulls last, position desc nulls last
            rows between current row and unbounded following
        ) as leads_to_present_stage
    from compared
    window deal_history as (partition by deal_id order by entered_at nulls last, position desc nulls last)
),

-- The same stage twice in a row is one stay in it. After a merge the newest entries may be those of the deal that lost: the last
-- one into the deal's own stage is the last of all.
staged as (
    select
        ordered.deal_id,
        ordered.stage_id,
        ordered.entered_at,
        ordered.position,
        coalesce(stages.pipeline_id, stages_of_any_pipeline.pipeline_id) as pipeline_id,
        coalesce(stages.probability, stages_of_any_pipeline.probability) as probability
    from ordered
    left join stages
        on ordered.deal_pipeline_id = stages.pipeline_id and ordered.stage_id = stages.stage_id
    left join stages_of_any_pipeline on ordered.stage_id = stages_of_any_pipeline.stage_id
    where
        (ordered.previous_stage_id is null or ordered.previous_stage_id != ordered.stage_id)
        and ordered.leads_to_present_stage = ordered.has_present_stage
),

final as (
    select
        deal_id,
        row_number() over deal_history as entry_number,
        pipeline_id,
        stage_id,
        coalesce(probability in (0, 1), false) as is_closed_stage,
        entered_at,
        lead(entered_at) over deal_history as left_at,
        coalesce(lag(probability in (0, 1)) over deal_history, false)
        and not coalesce(probability in (0, 1), false) as is_reopening
    from staged
    window deal_history as (partition by deal_id order by entered_at nulls last, position desc nulls last)
)

select * from final
