with entries as (
    select distinct
        deal_id,
        pipeline_id,
        stage_id
    from {{ ref('int_deal_stage_entries') }}
    where not is_closed_stage
),

decided_deals as (
    select
        deal_id,
        outcome
    from {{ ref('int_deals') }}
    where outcome in ('won', 'lost')
),

totals as (
    select
        entries.pipeline_id,
        entries.stage_id,
        count(*) as decided,
        sum(case when decided_deals.outcome = 'won' then 1 else 0 end) as won
    from entries
    inner join decided_deals on entries.deal_id = decided_deals.deal_id
    group by entries.pipeline_id, entries.stage_id
),

final as (
    select
        pipeline_id,
        stage_id,
        cast(decided as bigint) as decided,
        cast(won as bigint) as won,
        case when decided >= {{ var('stage_min_deals') }} then {{ ratio('won', 'decided') }} end as win_rate,
        case when decided >= {{ var('stage_min_deals') }} then {{ wilson_low('won', 'decided') }} end as win_rate_low,
        case when decided >= {{ var('stage_min_deals') }} then {{ wilson_high('won', 'decided') }} end as win_rate_high
    from totals
)

select * from final
