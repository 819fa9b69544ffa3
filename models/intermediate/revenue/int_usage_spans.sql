{{ config(materialized='incremental', incremental_strategy='touched', unique_key='customer_id') }}

with usage_months as (
    select * from {{ touched(ref('int_usage_months')) }}
),

subscriptions as (
    select * from {{ touched(ref('stg_stripe__subscriptions')) }}
),

counted as (
    select usage_months.*
    from usage_months
    inner join subscriptions
        on
            usage_months.subscription_id = subscriptions.subscription_id
            and usage_months.customer_id = subscriptions.customer_id
            and usage_months.currency = subscriptions.currency
    where
        {{ policy_flag('usage_counts_in_mrr') }}
        and usage_months.usage_mrr > 0
)

select
    customer_id,
    subscription_id,
    -- not the item's own id: an item that was licensed before it became metered has spans of both kinds
    subscription_item_id || ':usage' as subscription_item_id,
    {{ utc_midnight('month') }} as valid_from,
    {{ utc_midnight(add_months('month', 1)) }} as valid_to,
    currency,
    price_id,
    product_id,
    quantity,
    'usage' as status,
    false as is_ending,
    false as is_past_due,
    usage_mrr as contract_mrr,
    usage_mrr as list_mrr,
    usage_mrr as mrr,
    0 as trial_mrr,
    0 as committed_mrr,
    0 as at_risk_mrr,
    'invoice_line' as evidence_source,
    line_id as evidence_id,
    'billed' as confidence
from counted
