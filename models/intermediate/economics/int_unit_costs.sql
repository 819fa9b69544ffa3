{%- set dimensions = {'source': 'source', 'segment': 'segment'} -%}

with costs as (
    select * from {{ ref('int_acquisition_costs') }}
),

cost_months as (
    select * from {{ ref('int_cost_months') }}
),

new_customers as (
    select * from {{ ref('int_new_customers') }}
),

customer_value as (
    select * from {{ ref('int_customer_value') }}
),

-- What is known to have been spent on one source or segment.
own_costs as (
    {%- for dimension, column in dimensions.items() %}
    select
        month,
        '{{ dimension }}' as dimension,
        {{ column }} as dimension_value,
        coalesce(sum(case when kind = 'marketing' then amount_reporting end), 0) as marketing_amount,
        coalesce(sum(case when kind = 'sales' then amount_reporting end), 0) as sales_amount
    from costs
    where {{ column }} is not null
    group by month, {{ column }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

groups as (
    select
        month,
        'all' as dimension,
        'all' as dimension_value
    from cost_months
    union
    select
        month,
        dimension,
        dimension_value
    from own_costs
    union
    select
        month,
        dimension,
        dimension_value
    from new_customers
    union
    select
        month,
        dimension,
        dimension_value
    from customer_value
),

joined as (
    select
        groups.month,
        groups.dimension,
        groups.dimension_value,
        coalesce(new_customers.new_customers, 0) as new_customers,
        coalesce(everybody.new_customers, 0) as all_new_customers,
        coalesce(own_costs.marketing_amount, 0) as own_marketing,
        coalesce(own_costs.sales_amount, 0) as own_sales,
        cost_months.marketing_amount
        - sum(coalesce(own_costs.marketing_amount, 0)) over (partition by groups.month, groups.dimension) as shared_marketing,
        cost_months.sales_amount
        - sum(coalesce(own_costs.sales_amount, 0)) over (partition by groups.month, groups.dimension) as shared_sales,
        cost_months.marketing_reason,
        cost_months.sales_reason
    from groups
    left join cost_months on groups.month = cost_months.month
    left join new_customers
        on
            groups.month = new_customers.month
            and groups.dimension = new_customers.dimension
            and groups.dimension_value = new_customers.dimension_value
    left join new_customers as everybody on groups.month = everybody.month and everybody.dimension = 'all'
    left join own_costs
        on
            groups.month = own_costs.month
            and groups.dimension = own_costs.dimension
            and groups.dimension_value = own_costs.dimension_value
),

-- What nobody assigned is shared by the head: every new customer of the month bears the same part of it.
final as (
    select
        month,
        dimension,
        dimension_value,
        cast(new_customers as bigint) as new_customers,
        {%- for kind in ['marketing', 'sales'] %}
        cast(own_{{ kind }} as {{ money_type() }}) as own_{{ kind }},
        case
            when dimension = 'all' or shared_{{ kind }} is null then shared_{{ kind }}
            when all_new_customers = 0 then 0
            else {{ divide_exact('shared_' ~ kind ~ ' * cast(new_customers as decimal(9, 0))', 'all_new_customers') }}
        end as shared_{{ kind }},
        {%- endfor %}
        marketing_reason,
        sales_reason
    from joined
)

select * from final
