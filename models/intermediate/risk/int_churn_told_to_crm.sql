{%- set deal_days = policy_number('churn_deal_days') -%}
with churns as (
    select
        customer_id,
        month,
        currency,
        max(month) over (partition by customer_id) as last_churn_month
    from {{ ref('fct_mrr_movements') }}
    where movement = 'churn'
),

customers as (
    select * from {{ ref('int_customer_accounts') }}
),

companies as (
    select * from {{ ref('int_hubspot_companies') }}
),

renewals as (
    select
        fct_deals.company_id,
        deals.closed_lost_reason,
        fct_deals.closed_on
    from {{ ref('fct_deals') }} as fct_deals
    inner join {{ ref('int_hubspot_deals') }} as deals on fct_deals.deal_id = deals.deal_id
    where
        fct_deals.outcome = 'lost'
        and deals.closed_lost_reason is not null
        and (
            coalesce(deals.deal_type, '') like '%existing%'
            or coalesce(deals.deal_type, '') like '%renew%'
            or lower(coalesce(deals.deal_name, '')) like '%renew%'
            or lower(coalesce(fct_deals.pipeline_label, '')) like '%renew%'
        )
),

final as (
    -- the property has no date: it speaks of the last time that the customer left
    select
        churns.customer_id,
        churns.month,
        churns.currency,
        'hubspot_company' as source,
        companies.churn_reason as value,
        cast(null as timestamp) as told_at
    from churns
    inner join customers on churns.customer_id = customers.customer_id
    inner join companies on customers.hubspot_company_id = companies.company_id
    where churns.month = churns.last_churn_month
    union all
    select
        churns.customer_id,
        churns.month,
        churns.currency,
        'hubspot_deal' as source,
        renewals.closed_lost_reason as value,
        cast(renewals.closed_on as timestamp) as told_at
    from churns
    inner join customers on churns.customer_id = customers.customer_id
    inner join renewals
        on
            customers.hubspot_company_id = renewals.company_id
            and renewals.closed_on >= {{ add_days('churns.month', '-' ~ deal_days) }}
            and renewals.closed_on < {{ add_days(add_months('churns.month', 1), deal_days) }}
)

select * from final
