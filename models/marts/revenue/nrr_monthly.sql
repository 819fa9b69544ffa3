with customer_months as (
    select * from {{ ref('int_retention_dimensions') }}
),

sums as (
    select
        month,
        dimension,
        dimension_value,
        sum(opening_mrr) as opening_mrr,
        sum(case when movement = 'new' then amount else 0 end) as new_mrr,
        sum(case when movement = 'expansion' then amount else 0 end) as expansion_mrr,
        sum(case when movement = 'contraction' then amount else 0 end) as contraction_mrr,
        sum(case when movement = 'churn' then amount else 0 end) as churn_mrr,
        sum(case when movement = 'reactivation' then amount else 0 end) as reactivation_mrr,
        sum(closing_mrr) as closing_mrr,
        sum(opening_mrr_constant) as opening_mrr_constant,
        sum(mrr_year_ago) as mrr_year_ago,
        sum(case when mrr_year_ago > 0 then closing_mrr_constant else 0 end) as mrr_of_year_ago_customers,
        sum(least(mrr_year_ago, closing_mrr_constant)) as mrr_kept_of_year_ago,
        count(case when opening_mrr > 0 then customer_id end) as opening_customers,
        count(case when movement = 'churn' then customer_id end) as churned_customers,
        count(case when closing_mrr > 0 then customer_id end) as closing_customers
    from customer_months
    group by 1, 2, 3
),

with_quarter as (
    select
        *,
        sum(new_mrr + expansion_mrr + reactivation_mrr) over trailing_quarter as gained_in_quarter,
        sum(contraction_mrr + churn_mrr) over trailing_quarter as lost_in_quarter
    from sums
    window
        trailing_quarter as (
            partition by dimension, dimension_value order by month rows between 2 preceding and current row
        )
)

select
    month,
    dimension,
    dimension_value,
    cast(opening_mrr as {{ money_type() }}) as opening_mrr,
    cast(new_mrr as {{ money_type() }}) as new_mrr,
    cast(expansion_mrr as {{ money_type() }}) as expansion_mrr,
    cast(contraction_mrr as {{ money_type() }}) as contraction_mrr,
    cast(churn_mrr as {{ money_type() }}) as churn_mrr,
    cast(reactivation_mrr as {{ money_type() }}) as reactivation_mrr,
    cast(
        closing_mrr - opening_mrr - new_mrr - expansion_mrr - contraction_mrr - churn_mrr - reactivation_mrr
        as {{ money_type() }}
    ) as fx_mrr,
    cast(closing_mrr as {{ money_type() }}) as closing_mrr,
    {{ money_ratio('opening_mrr_constant + expansion_mrr + contraction_mrr + churn_mrr', 'opening_mrr_constant') }} as nrr_bridge,
    {{ money_ratio('mrr_of_year_ago_customers', 'mrr_year_ago') }} as nrr_12m,
    {{ money_ratio('mrr_kept_of_year_ago', 'mrr_year_ago') }} as grr_12m,
    {{ money_ratio('churned_customers', 'opening_customers') }} as logo_churn,
    {{ money_ratio('gained_in_quarter', '-lost_in_quarter') }} as quick_ratio,
    cast(opening_customers as bigint) as opening_customers,
    cast(churned_customers as bigint) as churned_customers,
    cast(closing_customers as bigint) as closing_customers
from with_quarter
