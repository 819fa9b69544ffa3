with customers as (
    select * from {{ ref('int_customer_accounts') }}
),

touched_customers as (
    select * from {{ ref('int_touched_customers') }}
),

-- of another company, name, segment or sales motion than before: also the account that they left
regrouped as (
    select * from {{ changed_shared('dim_customers') }} as changed_customers
),

-- whom int_customer_accounts does not know is an account of their own
accounts as (
    select account_id from regrouped
    union
    select customer_id as account_id from regrouped
    union
    select coalesce(customers.account_id, touched_customers.customer_id) as account_id
    from touched_customers
    left join customers on touched_customers.customer_id = customers.customer_id
)

select
    accounts.account_id,
    coalesce(customers.customer_id, accounts.account_id) as customer_id
from accounts
left join customers on accounts.account_id = customers.account_id
