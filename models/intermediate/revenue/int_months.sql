with bounds as (
    select min({{ month_start('started_at') }}) as first_month
    from {{ ref('stg_stripe__subscriptions') }}
    where started_at <= {{ as_of() }}
),

last_month as (
    select {{ month_start(as_of()) }} as month
),

months as (
    select months.month
    from {{ months_between('(select first_month from bounds)', '(select month from last_month)') }} as months
)

select
    month,
    {{ add_months('month', 1) }} as next_month,
    {{ utc_midnight(add_months('month', 1)) }} as ends_at,
    {{ utc_midnight(add_months('month', 2)) }} as next_ends_at,
    case when month > min(month) over () then {{ utc_midnight('month') }} end as previous_ends_at
from months
