with months as (
    select * from {{ ref('int_months') }}
),

state as (
    select * from {{ ref('int_close_state') }}
),

closes as (
    select
        month,
        min(reporting_currency) as reporting_currency
    from {{ left_by_last_run('marts', 'mrr_close', {'month': 'date', 'reporting_currency': dbt.type_string()}) }} as closes
    group by month
),

-- closing has no gaps: with a month, every one before it is closed
judged as (
    select
        months.month,
        state.closed_through,
        months.ends_at <= {{ as_of() }}
        and coalesce(
            months.month <= state.closed_through
            or (
                not state.is_looking_back
                and (
                    months.month <= {{ close_requested() }}
                    or {{ utc_midnight(add_days('months.next_month', var('close_after_days'))) }} <= {{ as_of() }}
                )
            ),
            false
        ) as is_closed
    from months
    cross join state
),

-- the earliest close speaks for the months before it, in which a backdated subscription may turn up
first_close as (
    select reporting_currency from (
        select
            reporting_currency,
            row_number() over (order by month nulls last) as position
        from closes
    ) as ranked
    where position = 1
)

select
    judged.month,
    judged.is_closed,
    judged.is_closed and (judged.closed_through is null or judged.month > judged.closed_through) as is_closing,
    coalesce(
        closes.reporting_currency,
        case when judged.month <= judged.closed_through then first_close.reporting_currency end,
        '{{ reporting_currency() }}'
    ) as reporting_currency
from judged
left join closes on judged.month = closes.month
left join first_close on true
