{%- set lag_months = var('payback_lag_months') | int -%}

with unit_costs as (
    select * from {{ ref('int_unit_costs') }}
),

customer_value as (
    select * from {{ ref('int_customer_value') }}
),

spent as (
    select
        *,
        own_marketing + shared_marketing as marketing_spend,
        own_sales + shared_sales as sales_cost,
        own_marketing + shared_marketing + own_sales + shared_sales as spend,
        nullif(concat_ws('; ', marketing_reason, sales_reason), '') as cost_reason
    from unit_costs
),

joined as (
    select
        spent.*,
        earlier.spend as prior_spend,
        earlier.cost_reason as prior_cost_reason,
        earlier.month is not null as has_prior_month,
        customer_value.arpa,
        customer_value.churn_rate,
        customer_value.ltv,
        coalesce(customer_value.new_mrr, 0) as new_mrr,
        customer_value.opening_customers,
        customer_value.churned_customers,
        case when customer_value.month is null then 'no paying customer yet' else customer_value.ltv_reason end as ltv_reason
    from spent
    left join customer_value
        on
            spent.month = customer_value.month
            and spent.dimension = customer_value.dimension
            and spent.dimension_value = customer_value.dimension_value
    left join spent as earlier
        on
            spent.month = {{ add_months('earlier.month', lag_months) }}
            and spent.dimension = earlier.dimension
            and spent.dimension_value = earlier.dimension_value
),

ratios as (
    select
        *,
        {{ divide_exact('marketing_spend', 'new_customers') }} as marketing_cac,
        {{ divide_exact('spend', 'new_customers') }} as cac,
        {{ divide_exact('prior_spend', 'new_mrr * ' ~ 'cast(' ~ var('gross_margin') ~ ' as decimal(5, 4))') }}
            as cac_payback_months,
        coalesce(cost_reason, case when new_customers = 0 then 'no new customer in the month' end) as cac_reason,
        case
            when not has_prior_month then 'payback: costs of the month before unknown'
            when prior_cost_reason is not null and prior_cost_reason = cost_reason then cost_reason
            when prior_cost_reason is not null then 'payback: of the month before, ' || prior_cost_reason
            when new_mrr <= 0 then 'payback: no new MRR in the month'
        end as payback_reason
    from joined
),

final as (
    select
        month,
        dimension,
        dimension_value,
        month < {{ month_start(as_of()) }} as is_complete,
        cast(spend as {{ money_type() }}) as spend,
        cast(marketing_spend as {{ money_type() }}) as marketing_spend,
        cast(sales_cost as {{ money_type() }}) as sales_cost,
        cast(
            case
                when dimension = 'all' and spend is not null then 0
                when dimension != 'all' then shared_marketing + shared_sales
            end as {{ money_type() }}
        ) as allocated_spend,
        new_customers,
        cac,
        marketing_cac,
        arpa,
        cast({{ var('gross_margin') }} as decimal(5, 4)) as gross_margin,
        churn_rate,
        opening_customers as churn_base,
        churned_customers as churn_count,
        ltv,
        cast({{ divide_exact('ltv', 'cac') }} as decimal(18, 8)) as ltv_to_cac,
        cast(new_mrr as {{ money_type() }}) as new_mrr,
        cast(prior_spend as {{ money_type() }}) as prior_spend,
        cast(cac_payback_months as decimal(18, 8)) as cac_payback_months,
        cost_reason,
        ltv_reason,
        nullif(
            concat_ws(
                '; ',
                cac_reason,
                ltv_reason,
                case when payback_reason != coalesce(cac_reason, '') then payback_reason end
            ), ''
        ) as not_computable_reason
    from ratios
)

select * from final
