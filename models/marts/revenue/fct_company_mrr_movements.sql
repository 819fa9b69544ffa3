with moves as (
    select * from {{ ref('int_company_month_moves') }}
),

customers as (
    select * from {{ ref('dim_customers') }}
),

item_changes as (
    select
        changes.*,
        coalesce(customers.account_id, changes.customer_id) as account_id
    from {{ ref('int_item_month_changes') }} as changes
    left join customers on changes.customer_id = customers.customer_id
),

{{ account_movements('account_id') }}
