{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with changes as (
    select * from {{ touched(ref('int_item_state_changes'), 'subscription_id') }}
),

subscriptions as (
    select * from {{ touched(ref('stg_stripe__subscriptions')) }}
),

prices as (
    select * from {{ ref('int_prices') }}
),

bounded as (
    select
        *,
        case when is_first then started_at else effective_at end as valid_from,
        lead(effective_at) over (partition by subscription_item_id order by effective_at nulls last) as changed_at
    from changes
)

select
    bounded.subscription_item_id,
    bounded.subscription_id,
    bounded.customer_id,
    bounded.valid_from,
    least(
        coalesce(bounded.changed_at, bounded.removed_at), coalesce(bounded.removed_at, bounded.changed_at)
    ) as valid_to,
    bounded.price_id,
    coalesce(subscriptions.currency, prices.currency) as currency,
    bounded.quantity,
    bounded.source as evidence_source,
    bounded.source_id as evidence_id
from bounded
left join subscriptions on bounded.subscription_id = subscriptions.subscription_id
left join prices on bounded.price_id = prices.price_id
where bounded.removed_at is null or bounded.valid_from < bounded.removed_at
