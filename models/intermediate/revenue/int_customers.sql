{{ config(materialized='incremental', incremental_strategy='touched', unique_key='customer_id', meta={'compared': true}) }}

with customers as (
    select * from {{ touched(ref('stg_stripe__customers')) }}
),

subscriptions as (
    select * from {{ touched(ref('stg_stripe__subscriptions')) }}
),

invoices as (
    select * from {{ touched(ref('stg_stripe__invoices')) }}
),

subscribed as (
    select
        customer_id,
        min(started_at) as first_subscribed_at,
        min(currency) as currency,
        min(currency) <> max(currency) as has_several_currencies
    from subscriptions
    where started_at <= {{ as_of() }}
    group by 1
),

invoiced as (
    select
        customer_id,
        min(currency) as currency,
        min(created_at) as first_invoiced_at,
        min(case when status = 'paid' and amount_paid_minor > 0 then coalesce(paid_at, created_at) end) as first_paid_at
    from invoices
    group by 1
),

ids as (
    select customer_id from customers
    union
    select customer_id from subscribed
    union
    select customer_id from invoiced
)

select
    ids.customer_id,
    customers.email,
    customers.customer_name,
    coalesce(subscribed.currency, customers.currency, invoiced.currency) as currency,
    coalesce(subscribed.has_several_currencies, false) as has_several_currencies,
    coalesce(customers.created_at, subscribed.first_subscribed_at, invoiced.first_invoiced_at) as created_at,
    coalesce(customers.is_deleted, true) as is_deleted,
    customers.metadata_hubspot_company_id as hubspot_company_id,
    customers.metadata_segment,
    subscribed.first_subscribed_at,
    invoiced.first_paid_at
from ids
left join customers on ids.customer_id = customers.customer_id
left join subscribed on ids.customer_id = subscribed.customer_id
left join invoiced on ids.customer_id = invoiced.customer_id
where
    ids.customer_id is not null
    and (
        coalesce(customers.created_at, subscribed.first_subscribed_at, invoiced.first_invoiced_at) <= {{ as_of() }}
        -- a backdated subscription is older than its customer, and counts from its start
        or subscribed.customer_id is not null
    )
