with customer_months as (
    select * from {{ ref('mrr_monthly') }}
),

rates as (
    select * from {{ ref('int_fx_rates') }}
),

converted as (
    select
        month,
        currency,
        sum(mrr) as mrr
    from customer_months
    where mrr <> 0 and currency <> '{{ reporting_currency() }}'
    group by 1, 2
),

dated as (
    select
        converted.month,
        converted.currency,
        converted.mrr,
        rates.rate,
        rates.rate_date,
        rates.source,
        {{ day_after('converted.month') }} as next_day
    from converted
    left join rates
        on
            converted.currency = rates.currency
            and converted.month = rates.month
),

aged as (
    select
        *,
        cast({{ days_between('rate_date', 'next_day') }} as integer) - 1 as age_days
    from dated
)

select
    month,
    currency,
    cast(mrr as {{ money_type() }}) as mrr,
    rate,
    rate_date,
    source,
    age_days,
    age_days is null or abs(age_days) > {{ var('fx_rate_max_age_days') }} as is_stale
from aged
