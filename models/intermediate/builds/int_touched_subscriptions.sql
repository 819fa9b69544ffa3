{{ config(post_hook=after_commit('{{ slice_touched() }}')) }}

-- what is sliced once the subscriptions are known:
-- depends_on: {{ ref('stg_stripe__subscriptions') }}
-- depends_on: {{ ref('stg_stripe__invoices') }}
-- depends_on: {{ ref('stg_stripe__discounts') }}
-- depends_on: {{ ref('int_subscription_states') }}
-- depends_on: {{ ref('int_subscription_state_items') }}
with customers as (
    select * from {{ ref('int_touched_customers') }}
),

-- bills may name a subscription that no list shows
subscriptions as (
    {% for model in ['subscription_versions', 'subscription_events', 'invoice_lines', 'invoiceitems'] -%}
    select
        customer_id,
        subscription_id
    from {{ ref('stg_stripe__' ~ model) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select distinct subscriptions.subscription_id
from subscriptions
inner join customers on subscriptions.customer_id = customers.customer_id
where subscriptions.subscription_id is not null
