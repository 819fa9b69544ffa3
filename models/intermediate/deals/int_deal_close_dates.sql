with deals as (
    select * from {{ ref('int_hubspot_deals') }}
),

history as (
    select * from {{ ref('stg_hubspot__deal_close_date_history') }}
    where set_at is not null
),

stage_entries as (
    select * from {{ ref('int_deal_stage_entries') }}
),

known_history as (
    select
        deal_id,
        position,
        close_at,
        set_at,
        row_number() over (partition by deal_id order by set_at desc nulls last, position nulls last) as recency
    from history
    where set_at <= {{ as_of() }}
),

moved_later as (
    select distinct deal_id
    from history
    where set_at > {{ as_of() }}
),

planned as (
    select
        deal_id,
        set_at,
        close_at,
        {{ local_time('close_at') }} as close_local,
        lag({{ local_time('close_at') }}) over (
            partition by deal_id order by set_at nulls last, position desc nulls last
        ) as previous_close_local,
        row_number() over (partition by deal_id order by set_at nulls last, position desc nulls last) as plan_number
    from known_history
    where close_at is not null
),

-- HubSpot writes the close date itself when a deal is closed: what is set within a minute of the move is no postponement.
closings as (
    select
        planned.deal_id,
        planned.set_at,
        max(case when stage_entries.is_closed_stage then 1 else 0 end) = 1 as is_closed
    from planned
    inner join stage_entries
        on
            planned.deal_id = stage_entries.deal_id
            and {{ seconds_between('planned.set_at', 'stage_entries.entered_at') }} <= 60
            and (stage_entries.left_at is null or planned.set_at < stage_entries.left_at)
    group by planned.deal_id, planned.set_at
),

pushes as (
    select
        planned.deal_id,
        min(case when planned.plan_number = 1 then planned.close_at end) as first_close_at,
        sum(
            case
                when coalesce(closings.is_closed, false) then 0
                when cast(planned.close_local as date) > cast(planned.previous_close_local as date) then 1
                else 0
            end
        ) as times_pushed
    from planned
    left join closings on planned.deal_id = closings.deal_id and planned.set_at = closings.set_at
    group by planned.deal_id
),

-- As for stages: the deal's own date stands, unless it was changed after as_of.
final as (
    select
        deals.deal_id,
        case when moved_later.deal_id is null then deals.close_at else known_history.close_at end as close_at,
        pushes.first_close_at,
        cast(
            case when known_history.deal_id is not null then coalesce(pushes.times_pushed, 0) end as bigint
        ) as times_pushed
    from deals
    left join known_history on deals.deal_id = known_history.deal_id and known_history.recency = 1
    left join moved_later on deals.deal_id = moved_later.deal_id
    left join pushes on deals.deal_id = pushes.deal_id
)

select * from final
