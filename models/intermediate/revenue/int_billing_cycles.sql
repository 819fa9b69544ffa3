{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with lines as (
    select * from {{ touched(ref('int_recurring_lines'), 'subscription_id') }}
),

price_periods as (
    select * from {{ ref('int_price_periods') }}
    where is_recurring and not is_metered
),

debits as (
    select
        lines.subscription_id,
        price_periods.month_numerator,
        price_periods.month_denominator,
        price_periods.minor_units,
        lines.period_started_at,
        lines.period_ended_at,
        lines.period_seconds,
        lines.is_proration,
        min(case when not lines.is_proration then lines.period_started_at end) over (
            partition by lines.subscription_id, price_periods.month_numerator, price_periods.month_denominator
        ) as first_regular_at
    from lines
    inner join price_periods
        on
            lines.price_id = price_periods.price_id
            and lines.currency = price_periods.currency
    where not lines.is_proration or lines.amount_minor > 0
),

-- prorations stand for themselves only before the first regular bill: the stub up to the billing day
billed_periods as (
    select distinct
        subscription_id,
        month_numerator,
        month_denominator,
        period_started_at as started_at,
        period_ended_at as ended_at,
        period_seconds,
        cast(month_denominator / minor_units as integer) as months,
        period_seconds * month_numerator * minor_units
        / (month_denominator * {{ policy_number('month_days', whole=false) }} * 7200.0) as intervals
    from debits
    where not is_proration or first_regular_at is null or period_started_at < first_regular_at
),

bounded as (
    select
        *,
        lead(started_at) over (
            partition by subscription_id, month_numerator, month_denominator order by started_at nulls last, ended_at nulls last
        ) as next_started_at
    from billed_periods
)

select
    subscription_id,
    month_numerator,
    month_denominator,
    started_at,
    ended_at,
    -- a period that was cut short, by a change of the billing day say, gives way to the next
    least(ended_at, coalesce(next_started_at, ended_at)) as counts_until,
    -- a stub is a part of the whole period before its end; a backdated start is billed for several at once
    case
        when intervals < 0.75 and month_numerator = 1
            then {{ seconds_between(add_months('cast(ended_at as date)', '-months'), 'cast(ended_at as date)') }}
        when intervals < 0.75 then cast(round(period_seconds / intervals) as bigint)
        else cast(round(period_seconds / greatest(round(intervals), 1)) as bigint)
    end as cycle_seconds
from bounded
where next_started_at is null or next_started_at > started_at
