with meetings as (
    select * from {{ ref('int_meetings') }}
),

counted as (
    select
        owner_id,
        {{ month_start('booked_at') }} as month,
        1 as booked,
        0 as held,
        0 as not_held,
        0 as without_outcome
    from meetings
    union all
    select
        owner_id,
        {{ month_start('starts_at') }} as month,
        0 as booked,
        case when outcome = 'COMPLETED' then 1 else 0 end as held,
        case when outcome in ('NO_SHOW', 'CANCELED') then 1 else 0 end as not_held,
        case when outcome = 'SCHEDULED' then 1 else 0 end as without_outcome
    from meetings
    where is_due
),

final as (
    select
        month,
        owner_id,
        cast(sum(booked) as bigint) as meetings_booked,
        cast(sum(held) as bigint) as meetings_held,
        cast(sum(not_held) as bigint) as meetings_not_held,
        cast(sum(without_outcome) as bigint) as meetings_without_outcome
    from counted
    group by month, owner_id
)

select * from final
