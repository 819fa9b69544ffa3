-- Rolling customers up to companies moves money between rows and neither adds nor loses any.
with customers as (
    select
        month,
        currency,
        sum(mrr) as mrr,
        sum(coalesce(mrr_reporting, 0)) as mrr_reporting,
        count(case when mrr > 0 then 1 end) as paying_customers
    from {{ ref('mrr_monthly') }}
    group by 1, 2
),

companies as (
    select
        month,
        currency,
        sum(mrr) as mrr,
        sum(coalesce(mrr_reporting, 0)) as mrr_reporting,
        sum(paying_customers) as paying_customers
    from {{ ref('company_mrr_monthly') }}
    group by 1, 2
)

select
    coalesce(customers.month, companies.month) as month,
    coalesce(customers.currency, companies.currency) as currency,
    customers.mrr,
    companies.mrr as company_mrr
from customers
full outer join companies
    on
        customers.month = companies.month
        and customers.currency = companies.currency
where
    customers.mrr is distinct from companies.mrr
    or customers.mrr_reporting is distinct from companies.mrr_reporting
    or customers.paying_customers is distinct from companies.paying_customers
