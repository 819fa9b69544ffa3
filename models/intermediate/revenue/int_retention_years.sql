with patterns as (
    select * from {{ ref('int_retention_patterns') }}
),

months as (
    select * from {{ ref('int_months') }}
),

rates as (
    select * from {{ ref('int_fx_rates') }}
),

-- every month stands in the twelve years that end with it and after it; who paid before a year began is of its cohort
in_years as (
    select
        months.month,
        patterns.month as step_month,
        patterns.dimension,
        patterns.dimension_value,
        patterns.opening_mrr,
        patterns.moved_mrr,
        patterns.reactivated_mrr,
        mod(
            cast(floor(patterns.paid_months / power(2, month(months.month) - 1)) as integer), 2
        ) = 1 as is_of_cohort,
        case when patterns.dimension = 'currency' then 1 else step_rates.rate end as step_rate,
        case when patterns.dimension = 'currency' then 1 else year_rates.rate end as year_rate
    from patterns
    inner join months
        on
            patterns.month <= months.month
            and {{ add_months('patterns.month', 11) }} >= months.month
    left join rates as step_rates
        on
            patterns.currency = step_rates.currency
            and patterns.month = step_rates.month
    left join rates as year_rates
        on
            patterns.currency = year_rates.currency
            and months.month = year_rates.month
),

steps as (
    select
        month,
        step_month,
        dimension,
        dimension_value,
        sum(opening_mrr * step_rate) as opening_mrr,
        sum((opening_mrr + moved_mrr) * step_rate) as kept_mrr,
        sum(case when is_of_cohort then opening_mrr * step_rate end) as cohort_opening_mrr,
        sum(case when is_of_cohort then (opening_mrr + moved_mrr) * step_rate end) as cohort_kept_mrr,
        sum(case when is_of_cohort then opening_mrr * year_rate end) as constant_opening_mrr,
        sum(case when is_of_cohort then (opening_mrr + moved_mrr) * year_rate end) as constant_kept_mrr,
        sum(case when is_of_cohort then reactivated_mrr else 0 end) as reactivated_mrr
    from in_years
    group by 1, 2, 3, 4
),

-- ratios, not money; a cohort that is down to nothing stays there: its factor was zero once
factors as (
    select
        month,
        dimension,
        dimension_value,
        reactivated_mrr,
        cast(kept_mrr as double) / nullif(cast(opening_mrr as double), 0) as factor,
        coalesce(
            cast(cohort_kept_mrr as double) / nullif(cast(cohort_opening_mrr as double), 0), 1
        ) as cohort_factor,
        coalesce(
            cast(constant_kept_mrr as double) / nullif(cast(constant_opening_mrr as double), 0), 1
        ) as constant_factor
    from steps
)

select
    month,
    dimension,
    dimension_value,
    cast({{ product('factor') }} as decimal(18, 8)) as nrr_bridge_12m,
    cast({{ product('cohort_factor') }} as decimal(18, 8)) as nrr_cohort_12m,
    cast({{ product('constant_factor') }} as decimal(18, 8)) as nrr_constant_12m,
    sum(reactivated_mrr) > 0 as has_reactivation
from factors
group by 1, 2, 3
having count(factor) = 12
