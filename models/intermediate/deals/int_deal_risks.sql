{%- set today = 'cast(' ~ local_time(as_of()) ~ ' as date)' -%}

with open_deals as (
    select * from {{ ref('fct_deals') }}
    where outcome = 'open'
),

stage_days as (
    select
        deal_id,
        stage_id,
        sum({{ days_between('entered_at', 'coalesce(left_at, ' ~ as_of() ~ ')') }}) as days_in_stage
    from {{ ref('int_deal_stage_entries') }}
    group by deal_id, stage_id
),

stage_durations as (
    select * from {{ ref('int_stage_durations') }}
),

measured as (
    select
        open_deals.*,
        cast({{ days_between('cast(open_deals.expected_close_on as timestamp)', 'cast(' ~ today ~ ' as timestamp)') }} as bigint)
            as days_overdue,
        cast(floor({{ days_between(
            "case when open_deals.last_activity_missing_reason = 'no activity was ever logged' then open_deals.created_at"
            ~ " else open_deals.last_activity_at end", as_of()
        ) }}) as bigint) as days_without_activity,
        cast(stage_days.days_in_stage as decimal(12, 2)) as days_in_stage,
        stage_durations.p75_days as stage_p75_days,
        coalesce(stage_durations.won_deals, 0) as stage_won_deals
    from open_deals
    left join stage_days
        on open_deals.deal_id = stage_days.deal_id and open_deals.stage_id = stage_days.stage_id
    left join stage_durations
        on open_deals.pipeline_id = stage_durations.pipeline_id and open_deals.stage_id = stage_durations.stage_id
),

final as (
    select
        deal_id,
        deal_name,
        company_id,
        owner_id,
        segment,
        pipeline_id,
        stage_id,
        stage_label,
        probability,
        amount_home,
        amount_missing_reason,
        expected_close_on,
        times_pushed,
        last_activity_at,
        next_activity_at,
        days_overdue,
        days_without_activity,
        days_in_stage,
        stage_p75_days,
        stage_won_deals,
        days_overdue > 0 as is_overdue,
        case
            when next_activity_at is not null then false
            else days_without_activity > {{ var('deal_inactive_days') }}
        end as is_inactive,
        days_in_stage > stage_p75_days as is_stuck,
        times_pushed >= {{ var('deal_pushed_times') }} as is_pushed
    from measured
)

select * from final
