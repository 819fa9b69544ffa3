{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with prices as (
    select * from {{ ref('int_prices') }}
),

-- most subscriptions never have but one item
shared_subscriptions as (
    select evidence.subscription_id
    from {{ touched(ref('int_item_evidence'), 'subscription_id') }} as evidence
    inner join {{ touched(ref('stg_stripe__subscriptions')) }} as subscriptions
        on evidence.subscription_id = subscriptions.subscription_id
    where subscriptions.billing_mode <> 'classic' and not evidence.is_removed
    group by 1
    having min(evidence.subscription_item_id) <> max(evidence.subscription_item_id)
),

sightings as (
    select
        evidence.subscription_id,
        evidence.subscription_item_id,
        prices.product_id,
        min(evidence.effective_at) as first_seen_at,
        max(evidence.effective_at) as last_seen_at
    from {{ touched(ref('int_item_evidence'), 'subscription_id') }} as evidence
    inner join shared_subscriptions on evidence.subscription_id = shared_subscriptions.subscription_id
    inner join prices on evidence.price_id = prices.price_id
    where not evidence.is_removed
    group by 1, 2, 3
)

-- items billed in their own time share no bill that could show one gone; but nobody buys one thing twice
select
    sightings.subscription_id,
    sightings.subscription_item_id,
    min(successors.first_seen_at) as succeeded_at
from sightings
inner join sightings as successors
    on
        sightings.subscription_id = successors.subscription_id
        and sightings.product_id = successors.product_id
        and sightings.subscription_item_id <> successors.subscription_item_id
        and sightings.last_seen_at < successors.first_seen_at
group by 1, 2
