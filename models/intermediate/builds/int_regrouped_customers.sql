-- of another account, company, segment, sales motion or source than before
select customer_id from {{ ref('int_touched_customers') }}
union
select customer_id from {{ changed_shared('dim_customers') }} as changed_customers
