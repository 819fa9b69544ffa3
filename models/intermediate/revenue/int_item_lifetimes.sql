{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with evidence as (
    select * from {{ touched(ref('int_item_evidence'), 'subscription_id') }}
),

subscriptions as (
    select * from {{ touched(ref('stg_stripe__subscriptions')) }}
),

state_items as (
    select * from {{ touched(ref('int_subscription_state_items'), 'subscription_id') }}
),

states as (
    select * from {{ touched(ref('int_subscription_states'), 'subscription_id') }}
    where observed_at <= {{ as_of() }}
),

charges as (
    select
        subscription_item_id,
        period_started_at,
        period_ended_at,
        max(period_started_at) over (partition by subscription_item_id) as last_started_at
    from {{ touched(ref('int_item_lines'), 'subscription_id') }}
    where not is_credit
),

-- the end of what was charged for last, which a change of interval can put before the end of an earlier period
billed_until as (
    select
        subscription_item_id,
        max(period_ended_at) as billed_until
    from charges
    where period_started_at = last_started_at
    group by 1
),

seen as (
    select
        subscription_item_id,
        min(subscription_id) as subscription_id,
        min(case when not is_removed then effective_at end) as first_seen_at,
        max(case when not is_removed then effective_at end) as last_seen_at,
        max(case when is_removed then effective_at end) as credited_at
    from evidence
    group by 1
),

items as (
    select
        state_items.subscription_item_id,
        min(state_items.subscription_id) as subscription_id,
        min(state_items.created_at) as created_at,
        bool_or(state_items.is_current) as is_current
    from state_items
    group by 1
),

known_items as (
    select
        coalesce(seen.subscription_item_id, items.subscription_item_id) as subscription_item_id,
        coalesce(items.subscription_id, seen.subscription_id) as subscription_id,
        items.created_at,
        coalesce(items.is_current, false) as is_current,
        seen.first_seen_at,
        seen.last_seen_at,
        seen.credited_at
    from seen
    full outer join items on seen.subscription_item_id = items.subscription_item_id
),

-- the first look at the subscription that no longer shows the item
missed as (
    select
        known_items.subscription_item_id,
        min(states.observed_at) as missed_at
    from known_items
    inner join states
        on
            known_items.subscription_id = states.subscription_id
            and known_items.last_seen_at < states.observed_at
    where not known_items.is_current
    group by 1
)

select
    known_items.subscription_item_id,
    known_items.subscription_id,
    subscriptions.customer_id,
    -- an item that came with the subscription counts from its start, also a backdated one; one that was added later
    -- counts from the first bill or look that shows it
    case
        when known_items.created_at <= subscriptions.created_at + interval '1 minute'
            then least(coalesce(known_items.first_seen_at, subscriptions.started_at), subscriptions.started_at)
        else coalesce(known_items.first_seen_at, known_items.created_at)
    end as started_at,
    case
        when known_items.is_current then null
        when known_items.credited_at >= known_items.last_seen_at then known_items.credited_at
        else least(
            coalesce(billed_until.billed_until, missed.missed_at),
            coalesce(missed.missed_at, billed_until.billed_until)
        )
    end as removed_at
from known_items
inner join subscriptions on known_items.subscription_id = subscriptions.subscription_id
left join billed_until on known_items.subscription_item_id = billed_until.subscription_item_id
left join missed on known_items.subscription_item_id = missed.subscription_item_id
