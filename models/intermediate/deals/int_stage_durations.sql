with entries as (
    select * from {{ ref('int_deal_stage_entries') }}
    where not is_closed_stage and left_at is not null
),

won_deals as (
    select deal_id from {{ ref('int_deals') }}
    where outcome = 'won'
),

-- Several stays in the same stage are added up: what a deal needs for it in all.
deal_days as (
    select
        entries.deal_id,
        entries.pipeline_id,
        entries.stage_id,
        sum({{ days_between('entries.entered_at', 'entries.left_at') }}) as days
    from entries
    inner join won_deals on entries.deal_id = won_deals.deal_id
    group by entries.deal_id, entries.pipeline_id, entries.stage_id
),

totals as (
    select
        pipeline_id,
        stage_id,
        count(*) as won_deals,
        {{ percentile('days', 0.75) }} as p75_days
    from deal_days
    group by pipeline_id, stage_id
),

final as (
    select
        pipeline_id,
        stage_id,
        cast(won_deals as bigint) as won_deals,
        cast(
            case when won_deals >= {{ var('stage_min_deals') }} then p75_days end as decimal(12, 2)
        ) as p75_days
    from totals
)

select * from final
