{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with lines as (
    select * from {{ touched(ref('int_reconciliation_lines'), 'subscription_id') }}
),

-- most lines count from end to end: only the others need dividing
accrued as (
    select
        subscription_id,
        case when bill_status = 'billed' then 1 else 0 end as billed,
        {{ divide_exact('net_minor * window_seconds', 'period_seconds') }} as net_minor,
        case
            when once_minor <> 0 then {{ divide_exact('once_minor * counting_seconds', 'period_seconds') }}
            else 0
        end as once_minor,
        case
            when bill_status <> 'billed'
                then {{ divide_exact('(net_minor + once_minor) * counting_seconds', 'period_seconds') }}
            else 0
        end as uncollected_minor,
        case
            when ended_seconds > 0 then {{ divide_exact('net_minor * ended_seconds', 'period_seconds') }}
            else 0
        end as ended_minor,
        case
            when paused_seconds > 0 then {{ divide_exact('net_minor * paused_seconds', 'period_seconds') }}
            else 0
        end as paused_minor,
        case
            when trial_seconds > 0 then {{ divide_exact('net_minor * trial_seconds', 'period_seconds') }}
            else 0
        end as trial_minor
    from lines
)

-- multiplied, since within a `case` DuckDB reckons anew what a division names twice
select
    subscription_id,
    cast(count(*) as bigint) as lines,
    cast(sum(net_minor * billed) as {{ money_type() }}) as billed_minor,
    cast(sum(once_minor * billed) as {{ money_type() }}) as once_minor,
    cast(sum(uncollected_minor) as {{ money_type() }}) as uncollected_minor,
    cast(sum(ended_minor * billed) as {{ money_type() }}) as ended_minor,
    cast(sum(paused_minor * billed) as {{ money_type() }}) as paused_minor,
    cast(sum(trial_minor * billed) as {{ money_type() }}) as trial_minor
from accrued
group by subscription_id
