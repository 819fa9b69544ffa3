with dim_customers as (
    select * from {{ ref('dim_customers') }}
),

plans as (
    select * from {{ ref('int_customer_plans') }}
),

-- who pays by use only has no item with a contract
metered as (
    select distinct customer_id
    from {{ ref('int_usage_months') }}
)

select
    dim_customers.customer_id,
    dim_customers.segment,
    coalesce(dim_customers.acquisition_source, 'unknown') as acquisition_source,
    coalesce(plans.plan, 'none') as plan,
    coalesce(plans.pricing_model, case when metered.customer_id is not null then 'usage' end, 'none') as pricing_model
from dim_customers
left join plans on dim_customers.customer_id = plans.customer_id
left join metered on dim_customers.customer_id = metered.customer_id
