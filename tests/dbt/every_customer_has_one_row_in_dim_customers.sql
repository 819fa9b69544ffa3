with customers as (
    select customer_id from {{ ref('int_customers') }}
),

dim_customers as (
    select customer_id from {{ ref('dim_customers') }}
)

select
    customers.customer_id,
    count(dim_customers.customer_id) as row_count
from customers
left join dim_customers on customers.customer_id = dim_customers.customer_id
group by customers.customer_id
having count(dim_customers.customer_id) != 1
