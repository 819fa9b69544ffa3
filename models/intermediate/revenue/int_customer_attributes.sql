with dim_customers as (
    select * from {{ ref('dim_customers') }}
),

plans as (
    select * from {{ ref('int_customer_plans') }}
)

select
    dim_customers.customer_id,
    dim_customers.segment,
    coalesce(dim_customers.acquisition_source, 'unknown') as acquisition_source,
    coalesce(plans.plan, 'none') as plan,
    coalesce(plans.pricing_model, 'none') as pricing_model
from dim_customers
left join plans on dim_customers.customer_id = plans.customer_id
