-- A customer who pays in several currencies has several rows a month, and is one customer. They are few: a `count(distinct)`
-- over all customers costs three times as much as to find them.
with several_currencies as (
    select customer_id from {{ ref('int_customers') }}
    where has_several_currencies
),

retention as (
    select * from {{ ref('int_customer_retention') }}
    where
        customer_id in (select several_currencies.customer_id from several_currencies)
        and closing_mrr_reporting is not null
)

-- who still pays in another currency has not left
select
    month,
    customer_id,
    greatest(count(case when opening_mrr > 0 then 1 end) - 1, 0) as opening_customers,
    greatest(count(case when closing_mrr > 0 then 1 end) - 1, 0) as closing_customers,
    greatest(count(case when mrr_year_ago > 0 then 1 end) - 1, 0) as year_ago_customers,
    count(case when movement = 'churn' then 1 end)
    - case when max(opening_mrr) > 0 and max(closing_mrr) = 0 then 1 else 0 end as churned_customers
from retention
group by month, customer_id
