with customer_months as (
    select * from {{ ref('mrr_monthly') }}
),

movements as (
    select * from {{ ref('fct_mrr_movements') }}
),

rates as (
    select * from {{ ref('int_fx_rates') }}
),

dimensions as (
    select * from {{ ref('int_customer_dimensions') }}
),

-- a customer belongs to the month of its first revenue, per currency
cohorts as (
    select
        movements.customer_id,
        movements.currency,
        movements.month as cohort_month,
        movements.amount as mrr_start,
        rates.rate as cohort_rate
    from movements
    left join rates
        on
            movements.currency = rates.currency
            and movements.month = rates.month
    where movements.movement = 'new'
),

aged as (
    select
        cohorts.customer_id,
        cohorts.currency,
        cohorts.cohort_month,
        cast({{ months_apart('cohorts.cohort_month', 'customer_months.month') }} as integer) as age_months,
        cohorts.mrr_start,
        customer_months.mrr as mrr_retained,
        cohorts.cohort_rate,
        customer_months.is_closed
    from cohorts
    inner join customer_months
        on
            cohorts.customer_id = customer_months.customer_id
            and cohorts.currency = customer_months.currency
            and cohorts.cohort_month <= customer_months.month
),

-- at the cohort month's rate on both sides, so that exchange rates retain nobody
dimensioned as (
    select
        aged.cohort_month,
        aged.age_months,
        'currency' as dimension,
        aged.currency as dimension_value,
        aged.mrr_start,
        aged.mrr_retained,
        aged.is_closed
    from aged
    union all
    select
        aged.cohort_month,
        aged.age_months,
        dimensions.dimension,
        dimensions.dimension_value,
        aged.mrr_start * aged.cohort_rate as mrr_start,
        aged.mrr_retained * aged.cohort_rate as mrr_retained,
        aged.is_closed
    from aged
    inner join dimensions on aged.customer_id = dimensions.customer_id
)

select
    cohort_month,
    age_months,
    dimension,
    dimension_value,
    cast(count(*) as bigint) as customers,
    cast(count(case when mrr_retained > 0 then 1 end) as bigint) as customers_retained,
    cast(sum(mrr_start) as {{ money_type() }}) as mrr_start,
    cast(sum(mrr_retained) as {{ money_type() }}) as mrr_retained,
    bool_and(is_closed) as is_closed
from dimensioned
group by cohort_month, age_months, dimension, dimension_value
