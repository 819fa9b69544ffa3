with deals as (
    select * from {{ ref('int_hubspot_deals') }}
),

current_stages as (
    select * from {{ ref('int_deal_stages_as_of') }}
),

stages as (
    select * from {{ ref('stg_hubspot__deal_stages') }}
),

deal_companies as (
    select * from {{ ref('int_deal_companies') }}
),

companies as (
    select * from {{ ref('int_hubspot_companies') }}
),

-- The pipeline's own probability decides; the deal's copy of it only where the stage is gone from the pipeline.
staged as (
    select
        deals.*,
        current_stages.stage_id as current_stage_id,
        current_stages.stage_entered_at,
        stages.pipeline_label,
        stages.stage_label,
        coalesce(
            stages.probability,
            case when not current_stages.is_rewound then deals.stage_probability end
        ) as probability
    from deals
    inner join current_stages on deals.deal_id = current_stages.deal_id
    left join stages
        on deals.pipeline_id = stages.pipeline_id and current_stages.stage_id = stages.stage_id
),

outcomes as (
    select
        *,
        case probability when 1 then 'won' when 0 then 'lost' else 'open' end as outcome
    from staged
),

final as (
    select
        outcomes.deal_id,
        deal_companies.company_id,
        outcomes.owner_id,
        outcomes.pipeline_id,
        outcomes.pipeline_label,
        outcomes.current_stage_id as stage_id,
        outcomes.stage_label,
        outcomes.probability,
        outcomes.outcome,
        outcomes.amount,
        coalesce(outcomes.amount_in_home_currency, outcomes.amount) as amount_home,
        outcomes.currency,
        coalesce(outcomes.analytics_source, companies.analytics_source) as source,
        outcomes.created_at,
        outcomes.stage_entered_at,
        cast(case when outcomes.outcome != 'open' then {{ local_time('outcomes.close_at') }} end as date) as closed_on,
        cast(case when outcomes.outcome = 'open' then {{ local_time('outcomes.close_at') }} end as date) as expected_close_on,
        cast(
            case when outcomes.outcome != 'open' then {{ days_between('outcomes.created_at', 'outcomes.close_at') }} end
            as decimal(12, 2)
        ) as cycle_days
    from outcomes
    left join deal_companies on outcomes.deal_id = deal_companies.deal_id
    left join companies on deal_companies.company_id = companies.company_id
)

select * from final
