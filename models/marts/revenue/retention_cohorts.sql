with customer_months as (
    select * from {{ ref('mrr_monthly') }}
),

movements as (
    select * from {{ ref('fct_mrr_movements') }}
),

rates as (
    select * from {{ ref('int_fx_rates') }}
),

attributes as (
    select * from {{ ref('int_customer_attributes') }}
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

-- added up before it is broken down by dimension: customers are many, and their attributes few
combinations as (
    select
        cohorts.cohort_month,
        cast({{ months_apart('cohorts.cohort_month', 'customer_months.month') }} as integer) as age_months,
        cohorts.currency,
        cohorts.cohort_rate,
        attributes.segment,
        attributes.plan,
        attributes.acquisition_source,
        attributes.pricing_model,
        attributes.customer_id is not null as has_attributes,
        count(*) as customers,
        count(case when customer_months.mrr > 0 then 1 end) as customers_retained,
        cast(sum(cohorts.mrr_start) as {{ money_type() }}) as mrr_start,
        cast(sum(customer_months.mrr) as {{ money_type() }}) as mrr_retained,
        bool_and(customer_months.is_closed) as is_closed
    from cohorts
    inner join customer_months
        on
            cohorts.customer_id = customer_months.customer_id
            and cohorts.currency = customer_months.currency
            and cohorts.cohort_month <= customer_months.month
    left join attributes on cohorts.customer_id = attributes.customer_id
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
),

-- at the cohort month's rate on both sides, so that exchange rates retain nobody
dimensioned as (
    select
        cohort_month,
        age_months,
        'currency' as dimension,
        currency as dimension_value,
        customers,
        customers_retained,
        mrr_start,
        mrr_retained,
        is_closed
    from combinations
    {% for dimension in ["'all'", 'segment', 'plan', 'acquisition_source', 'pricing_model'] -%}
    union all
    select
        cohort_month,
        age_months,
        '{{ dimension | replace("'", "") }}' as dimension,
        {{ dimension }} as dimension_value,
        case when cohort_rate is null then 0 else customers end as customers,
        case when cohort_rate is null then 0 else customers_retained end as customers_retained,
        mrr_start * cohort_rate as mrr_start,
        mrr_retained * cohort_rate as mrr_retained,
        is_closed
    from combinations
    where has_attributes
    {% endfor %}
)

select
    cohort_month,
    age_months,
    dimension,
    dimension_value,
    cast(sum(customers) as bigint) as customers,
    cast(sum(customers_retained) as bigint) as customers_retained,
    cast(sum(mrr_start) as {{ money_type() }}) as mrr_start,
    cast(sum(mrr_retained) as {{ money_type() }}) as mrr_retained,
    bool_and(is_closed) as is_closed
from dimensioned
group by 1, 2, 3, 4
