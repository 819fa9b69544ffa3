{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with evidence as (
    select * from {{ touched(ref('int_item_evidence'), 'subscription_id') }}
    where not is_removed
),

lifetimes as (
    select * from {{ touched(ref('int_item_lifetimes'), 'subscription_id') }}
),

subscriptions as (
    select * from {{ touched(ref('stg_stripe__subscriptions')) }}
),

prices as (
    select * from {{ ref('int_prices') }}
),

-- an item that nothing but a look after the cut-off shows
unbilled_items as (
    select
        state_items.subscription_item_id,
        state_items.price_id,
        coalesce(state_items.quantity, 1) as quantity,
        state_items.source,
        state_items.source_id
    from {{ touched(ref('int_subscription_state_items'), 'subscription_id') }} as state_items
    left join evidence on state_items.subscription_item_id = evidence.subscription_item_id
    where
        state_items.is_current
        and evidence.subscription_item_id is null
),

known as (
    select
        subscription_item_id,
        effective_at,
        price_id,
        quantity,
        source,
        source_id,
        source_rank
    from evidence
    union all
    select
        unbilled_items.subscription_item_id,
        lifetimes.started_at as effective_at,
        unbilled_items.price_id,
        unbilled_items.quantity,
        unbilled_items.source,
        unbilled_items.source_id,
        2 as source_rank
    from unbilled_items
    inner join lifetimes on unbilled_items.subscription_item_id = lifetimes.subscription_item_id
),

-- one moment, one truth: the best source wins
best as (
    select
        *,
        row_number() over (
            partition by subscription_item_id, effective_at order by source_rank nulls last, source_id nulls last
        ) as preference
    from known
),

compared as (
    select
        *,
        lag(price_id) over (partition by subscription_item_id order by effective_at nulls last) as earlier_price_id,
        lag(quantity) over (partition by subscription_item_id order by effective_at nulls last) as earlier_quantity,
        row_number() over (partition by subscription_item_id order by effective_at nulls last) as evidence_number
    from best
    where preference = 1
),

changes as (
    select *
    from compared
    where
        evidence_number = 1
        or price_id is distinct from earlier_price_id
        or quantity is distinct from earlier_quantity
),

bounded as (
    select
        changes.subscription_item_id,
        lifetimes.subscription_id,
        lifetimes.customer_id,
        case when changes.evidence_number = 1 then lifetimes.started_at else changes.effective_at end as valid_from,
        lead(changes.effective_at) over (
            partition by changes.subscription_item_id order by changes.effective_at nulls last
        ) as changed_at,
        lifetimes.removed_at,
        changes.price_id,
        changes.quantity,
        changes.source as evidence_source,
        changes.source_id as evidence_id
    from changes
    inner join lifetimes on changes.subscription_item_id = lifetimes.subscription_item_id
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
    bounded.evidence_source,
    bounded.evidence_id
from bounded
left join subscriptions on bounded.subscription_id = subscriptions.subscription_id
left join prices on bounded.price_id = prices.price_id
where bounded.removed_at is null or bounded.valid_from < bounded.removed_at
