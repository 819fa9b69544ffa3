{#- Names of the same split: nrr_monthly says acquisition_source for what unit economics call source. -#}
{%- set margin = 'cast(' ~ var('gross_margin') ~ ' as decimal(5, 4))' -%}
{%- set window_months = var('churn_window_months') | int -%}

with nrr as (
    select
        *,
        case dimension when 'acquisition_source' then 'source' else dimension end as cost_dimension
    from {{ ref('nrr_monthly') }}
    where dimension in ('all', 'acquisition_source', 'segment')
),

churn_window as (
    select
        nrr.month,
        nrr.cost_dimension,
        nrr.dimension_value,
        sum(earlier.opening_customers) as opening_customers,
        sum(earlier.churned_customers) as churned_customers
    from nrr
    inner join nrr as earlier
        on
            nrr.cost_dimension = earlier.cost_dimension
            and nrr.dimension_value = earlier.dimension_value
            and earlier.month between {{ add_months('nrr.month', 1 - window_months) }} and nrr.month
    group by nrr.month, nrr.cost_dimension, nrr.dimension_value
),

averages as (
    select
        nrr.month,
        nrr.cost_dimension as dimension,
        nrr.dimension_value,
        nrr.new_mrr,
        nrr.closing_customers,
        {{ divide_exact('nrr.closing_mrr', 'nrr.closing_customers') }} as arpa,
        churn_window.opening_customers,
        churn_window.churned_customers
    from nrr
    inner join churn_window
        on
            nrr.month = churn_window.month
            and nrr.cost_dimension = churn_window.cost_dimension
            and nrr.dimension_value = churn_window.dimension_value
),

final as (
    select
        month,
        dimension,
        dimension_value,
        new_mrr,
        arpa,
        {{ margin }} as gross_margin,
        cast(opening_customers as bigint) as opening_customers,
        cast(churned_customers as bigint) as churned_customers,
        {{ ratio('churned_customers', 'opening_customers') }} as churn_rate,
        {{ divide_exact(
            'cast(arpa as ' ~ money_type() ~ ') * ' ~ margin ~ ' * cast(opening_customers as decimal(9, 0))', 'churned_customers'
        ) }} as ltv,
        case
            when closing_customers = 0 then 'no paying customer at the month''s end'
            when opening_customers = 0 then 'no customer that could have left in {{ window_months }} months'
            when churned_customers = 0 then 'no churn observed in {{ window_months }} months: LTV has no end'
        end as ltv_reason
    from averages
)

select * from final
