{{ config(materialized='incremental', incremental_strategy='touched_months', unique_key='account_id', on_schema_change='fail') }}

with customer_months as (
    select * from {{ touched_accounts(ref('mrr_monthly'), 'customer_id', later=[0]) }}
),

customers as (
    select * from {{ ref('int_customer_accounts') }}
),

account_months as (
    select
        coalesce(customers.account_id, customer_months.customer_id) as account_id,
        customer_months.month,
        customer_months.currency,
        max(customers.hubspot_company_id) as hubspot_company_id,
        max(customers.company_name) as company_name,
        count(case when customer_months.mrr > 0 then 1 end) as paying_customers,
        sum(customer_months.mrr) as mrr,
        sum(customer_months.mrr_reporting) as mrr_reporting,
        sum(customer_months.list_mrr) as list_mrr,
        sum(customer_months.trial_mrr) as trial_mrr,
        sum(customer_months.usage_mrr) as usage_mrr,
        sum(customer_months.committed_mrr) as committed_mrr,
        sum(customer_months.at_risk_mrr) as at_risk_mrr,
        bool_and(customer_months.is_closed) as is_closed
    from customer_months
    left join customers on customer_months.customer_id = customers.customer_id
    group by 1, 2, 3
)

select
    account_id,
    month,
    currency,
    hubspot_company_id,
    company_name,
    cast(paying_customers as bigint) as paying_customers,
    cast(mrr as {{ money_type() }}) as mrr,
    cast(mrr_reporting as {{ money_type() }}) as mrr_reporting,
    cast(list_mrr as {{ money_type() }}) as list_mrr,
    cast(trial_mrr as {{ money_type() }}) as trial_mrr,
    cast(usage_mrr as {{ money_type() }}) as usage_mrr,
    cast(committed_mrr as {{ money_type() }}) as committed_mrr,
    cast(at_risk_mrr as {{ money_type() }}) as at_risk_mrr,
    is_closed
from account_months
