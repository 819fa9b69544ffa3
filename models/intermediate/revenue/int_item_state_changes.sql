{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with evidence as (
    select * from {{ touched(ref('int_item_evidence'), 'subscription_id') }}
    where not is_removed
),

lifetimes as (
    select * from {{ touched(ref('int_item_lifetimes'), 'subscription_id') }}
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
        and (state_items.observed_at > {{ as_of() }} or state_items.is_superseded)
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
beside as (
    select
        *,
        row_number() over item_history as evidence_number,
        lag(effective_at) over item_history as earlier_at,
        lag(effective_at, 2) over item_history as still_earlier_at,
        lag(price_id) over item_history as earlier_price_id,
        lag(quantity) over item_history as earlier_quantity
    from known
    window
        item_history as (
            partition by subscription_item_id
            order by effective_at nulls last, source_rank nulls last, source_id nulls last
        )
),

-- most bills say what the last one said, and need not be looked at again
best as (
    select
        subscription_item_id,
        effective_at,
        price_id,
        quantity,
        source,
        source_id,
        evidence_number,
        lag(price_id) over best_history as price_id_before,
        lag(quantity) over best_history as quantity_before
    from beside
    where
        (evidence_number = 1 or effective_at is distinct from earlier_at)
        and not (
            evidence_number > 1
            and earlier_at is distinct from still_earlier_at
            and price_id is not distinct from earlier_price_id
            and quantity is not distinct from earlier_quantity
        )
    window best_history as (partition by subscription_item_id order by effective_at nulls last)
)

select
    best.subscription_item_id,
    lifetimes.subscription_id,
    lifetimes.customer_id,
    best.effective_at,
    best.evidence_number = 1 as is_first,
    best.price_id,
    best.quantity,
    best.source,
    best.source_id,
    lifetimes.started_at,
    lifetimes.removed_at
from best
inner join lifetimes on best.subscription_item_id = lifetimes.subscription_item_id
where
    best.evidence_number = 1
    or best.price_id is distinct from best.price_id_before
    or best.quantity is distinct from best.quantity_before
