with customers as (
    select * from {{ ref('int_changed_customers') }}
),

subscriptions as (
    select
        customer_id,
        subscription_id
    from {{ ref('stg_stripe__subscription_versions') }}
    union
    select
        customer_id,
        subscription_id
    from {{ ref('stg_stripe__subscription_events') }}
)

select distinct subscriptions.subscription_id
from subscriptions
inner join customers on subscriptions.customer_id = customers.customer_id
