{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with evidence as (
    select * from {{ touched(ref('int_item_evidence'), 'subscription_id') }}
),

subscriptions as (
    select * from {{ touched(ref('stg_stripe__subscriptions')) }}
),

successions as (
    select * from {{ touched(ref('int_item_successions'), 'subscription_id') }}
),

state_items as (
    select * from {{ touched(ref('int_subscription_state_items'), 'subscription_id') }}
),

states as (
    select * from {{ touched(ref('int_subscription_states'), 'subscription_id') }}
    where observed_at <= {{ as_of() }} and has_all_items
),

charges as (
    select
        subscription_id,
        subscription_item_id,
        is_proration,
        period_started_at,
        period_ended_at,
        min(billed_at) over (partition by subscription_item_id) as first_billed_at,
        max(period_started_at) over (partition by subscription_item_id) as last_started_at
    from {{ touched(ref('int_item_lines'), 'subscription_id') }}
    where not is_credit
),

-- the end of what was charged for last, which a change of interval can put before the end of an earlier period
billed_until as (
    select
        subscription_item_id,
        max(period_ended_at) as billed_until,
        min(first_billed_at) as first_billed_at
    from charges
    where period_started_at = last_started_at
    group by 1
),

-- be it of what is metered only
first_bills as (
    select
        subscription_id,
        min(invoice_created_at) as first_billed_at
    from {{ touched(ref('stg_stripe__invoice_lines')) }}
    where subscription_item_id is not null
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
        min(state_items.observed_at) as first_looked_at,
        bool_or(state_items.is_current) as is_current
    from state_items
    group by 1
),

known_items as (
    select
        coalesce(seen.subscription_item_id, items.subscription_item_id) as subscription_item_id,
        coalesce(items.subscription_id, seen.subscription_id) as subscription_id,
        items.created_at,
        items.first_looked_at,
        coalesce(items.is_current, false) as is_current,
        seen.first_seen_at,
        seen.last_seen_at,
        seen.credited_at
    from seen
    full outer join items on seen.subscription_item_id = items.subscription_item_id
),

-- what shows all items of a subscription: also the bill of a new period, unless items are billed each in its own time
looks as (
    select
        subscription_id,
        observed_at as looked_at
    from states
    union all
    select
        charges.subscription_id,
        charges.period_started_at as looked_at
    from charges
    inner join subscriptions on charges.subscription_id = subscriptions.subscription_id
    where not charges.is_proration and subscriptions.billing_mode = 'classic'
),

-- the first look that no longer shows the item
missed as (
    select
        known_items.subscription_item_id,
        min(looks.looked_at) as missed_at
    from known_items
    inner join looks
        on
            known_items.subscription_id = looks.subscription_id
            and known_items.last_seen_at < looks.looked_at
    where not known_items.is_current
    group by 1
)

select
    known_items.subscription_item_id,
    known_items.subscription_id,
    subscriptions.customer_id,
    -- an item that came with the subscription, as its first bill tells where it has left, counts from the subscription's start,
    -- also a backdated one; one that was added later counts from the first bill or look that shows it
    case
        when
            known_items.created_at <= subscriptions.created_at + interval '1 minute'
            or (known_items.created_at is null and billed_until.first_billed_at = first_bills.first_billed_at)
            then least(coalesce(known_items.first_seen_at, subscriptions.started_at), subscriptions.started_at)
        else coalesce(known_items.first_seen_at, known_items.first_looked_at)
    end as started_at,
    case
        when known_items.is_current then null
        when known_items.credited_at >= known_items.last_seen_at then known_items.credited_at
        else least(
            coalesce(billed_until.billed_until, missed.missed_at, successions.succeeded_at),
            coalesce(missed.missed_at, successions.succeeded_at, billed_until.billed_until),
            coalesce(successions.succeeded_at, billed_until.billed_until, missed.missed_at)
        )
    end as removed_at
from known_items
inner join subscriptions on known_items.subscription_id = subscriptions.subscription_id
left join billed_until on known_items.subscription_item_id = billed_until.subscription_item_id
left join first_bills on known_items.subscription_id = first_bills.subscription_id
left join missed on known_items.subscription_item_id = missed.subscription_item_id
left join successions on known_items.subscription_item_id = successions.subscription_item_id
