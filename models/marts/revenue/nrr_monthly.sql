with sums as (
    select * from {{ ref('int_retention_dimensions') }}
),

years as (
    select * from {{ ref('int_retention_years') }}
),

with_quarter as (
    select
        *,
        {{ money_ratio('mrr_of_year_ago_customers', 'mrr_year_ago') }} as nrr_12m,
        sum(new_mrr + expansion_mrr + reactivation_mrr) over trailing_quarter as gained_in_quarter,
        sum(contraction_mrr + churn_mrr) over trailing_quarter as lost_in_quarter
    from sums
    window
        trailing_quarter as (
            partition by dimension, dimension_value order by month nulls last rows between 2 preceding and current row
        )
),

-- four readings of the same year, each with one difference less than the last, so that the parts of the gap add up
with_year as (
    select
        with_quarter.*,
        years.nrr_bridge_12m,
        years.nrr_cohort_12m - years.nrr_bridge_12m as nrr_gap_newer_customers,
        -- where nobody came back, twelve months multiplied are the twelve-month figure itself
        case when years.has_reactivation then years.nrr_constant_12m else with_quarter.nrr_12m end
        - years.nrr_cohort_12m as nrr_gap_fx,
        case
            when years.has_reactivation then with_quarter.nrr_12m - years.nrr_constant_12m
            when not years.has_reactivation then 0
        end as nrr_gap_reactivation
    from with_quarter
    left join years
        on
            with_quarter.month = years.month
            and with_quarter.dimension = years.dimension
            and with_quarter.dimension_value = years.dimension_value
),

with_gap as (
    select
        *,
        nrr_12m - nrr_bridge_12m as nrr_gap,
        greatest(abs(nrr_gap_newer_customers), abs(nrr_gap_fx), abs(nrr_gap_reactivation)) as largest_part
    from with_year
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
    nrr_12m,
    nrr_bridge_12m,
    cast(nrr_gap as decimal(18, 8)) as nrr_gap,
    cast(nrr_gap_newer_customers as decimal(18, 8)) as nrr_gap_newer_customers,
    cast(nrr_gap_fx as decimal(18, 8)) as nrr_gap_fx,
    cast(nrr_gap_reactivation as decimal(18, 8)) as nrr_gap_reactivation,
    case
        when nrr_gap is null then null
        when largest_part = 0 then 'The two figures agree'
        when largest_part = -nrr_gap_newer_customers
            then 'Customers won or won back within the year did better than the others; only the monthly figures count them'
        when largest_part = nrr_gap_newer_customers
            then 'Customers won or won back within the year did worse than the others; only the monthly figures count them'
        when largest_part = nrr_gap_reactivation
            then 'Customers of a year ago left and came back; only the 12-month figure counts their return'
        else 'Exchange rates; the 12-month figure reads both ends at the same rates, every monthly figure at those of its month'
    end as nrr_gap_reason,
    {{ money_ratio('mrr_kept_of_year_ago', 'mrr_year_ago') }} as grr_12m,
    {{ money_ratio('churned_customers', 'opening_customers') }} as logo_churn,
    {{ money_ratio('gained_in_quarter', '-lost_in_quarter') }} as quick_ratio,
    cast(opening_customers as bigint) as opening_customers,
    cast(churned_customers as bigint) as churned_customers,
    cast(closing_customers as bigint) as closing_customers
from with_gap
