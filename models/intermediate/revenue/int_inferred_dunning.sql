{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with states as (
    select * from {{ touched(ref('int_subscription_states'), 'subscription_id') }}
),

subscriptions as (
    select * from {{ touched(ref('stg_stripe__subscriptions')) }}
),

bills as (
    select * from {{ touched(ref('int_subscription_bills'), 'subscription_id') }}
),

-- until when each invoice was not paid, be it over a change in the middle of a period
finalized as (
    select
        subscription_id,
        created_at,
        case status
            when 'paid' then paid_at
            when 'void' then voided_at
            else timestamp '9999-12-31 00:00:00'
        end as unpaid_until
    from {{ touched(ref('stg_stripe__invoices')) }}
    where status <> 'draft'
),

-- what the subscription was before the first look at it: an event tells, where the status is what it changed; of the events of
-- one second that one tells first, and an end last
ranked_states as (
    select
        subscription_id,
        observed_at as known_at,
        coalesce(previous_status, status) as status,
        paused_at,
        row_number() over (
            partition by subscription_id
            order by
                observed_at nulls last,
                case when previous_status is not null then 1 when status <> 'canceled' then 2 else 3 end,
                source_id nulls last
        ) as state_rank
    from states
    where observed_at <= {{ as_of() }}
),

earliest as (
    select
        subscriptions.subscription_id,
        subscriptions.trial_ended_at,
        coalesce(ranked_states.paused_at, subscriptions.paused_at) as paused_at,
        subscriptions.pause_behavior,
        coalesce(ranked_states.known_at, {{ as_of() }}) as known_at,
        coalesce(ranked_states.status, subscriptions.status) as status
    from subscriptions
    left join ranked_states
        on
            subscriptions.subscription_id = ranked_states.subscription_id
            and ranked_states.state_rank = 1
),

-- a paused subscription is not billed: where it does not say since when, the time that was billed was over by then, and the trial
paid_until as (
    select
        earliest.subscription_id,
        max(bills.period_ended_at) as paid_until
    from earliest
    inner join bills on earliest.subscription_id = bills.subscription_id
    where
        earliest.status = 'paused'
        and bills.created_at < earliest.known_at
        and bills.is_charging
        and bills.status <> 'void'
    group by 1
),

-- Stripe finalises a bill within hours, but keeps those of an unpaid subscription as drafts, also after it is cancelled
owed as (
    select
        earliest.subscription_id,
        bills.created_at,
        case earliest.status
            when 'past_due' then bills.status = 'open' or coalesce(bills.paid_at >= earliest.known_at, false)
            when 'canceled' then bills.status = 'draft' and coalesce(earliest.pause_behavior, '') <> 'keep_as_draft'
            else bills.status = 'draft' or coalesce(bills.finalized_at > bills.created_at + interval '3 days', false)
        end as is_owed
    from earliest
    inner join bills on earliest.subscription_id = bills.subscription_id
    where
        earliest.status in ('past_due', 'unpaid', 'canceled')
        and bills.created_at < earliest.known_at
),

settled as (
    select
        subscription_id,
        max(created_at) as settled_at
    from owed
    where not is_owed
    group by 1
),

owed_since as (
    select
        owed.subscription_id,
        min(settled.settled_at) as settled_at,
        min(owed.created_at) as effective_at
    from owed
    left join settled on owed.subscription_id = settled.subscription_id
    where owed.created_at > coalesce(settled.settled_at, timestamp '1970-01-01 00:00:00')
    group by 1
),

-- Stripe gives up collecting after a bill that failed: without one, a draft was only held back, or is younger than an hour
failed as (
    select distinct owed_since.subscription_id
    from owed_since
    inner join finalized on owed_since.subscription_id = finalized.subscription_id
    where
        finalized.created_at >= coalesce(owed_since.settled_at, timestamp '1970-01-01 00:00:00')
        and finalized.created_at < owed_since.effective_at
        and finalized.unpaid_until > owed_since.effective_at
),

-- no event tells when: the first bill left open tells of past_due, the first left in draft of unpaid, and a pause by itself
inferred as (
    select
        earliest.subscription_id,
        case
            when earliest.status <> 'paused' then coalesce(owed_since.effective_at, earliest.known_at)
            else least(
                coalesce(
                    earliest.paused_at,
                    greatest(
                        coalesce(paid_until.paid_until, earliest.trial_ended_at),
                        coalesce(earliest.trial_ended_at, paid_until.paid_until)
                    ),
                    earliest.known_at
                ),
                earliest.known_at
            )
        end as effective_at,
        case earliest.status when 'canceled' then 'unpaid' else earliest.status end as status,
        earliest.known_at
    from earliest
    left join paid_until on earliest.subscription_id = paid_until.subscription_id
    left join owed_since on earliest.subscription_id = owed_since.subscription_id
    left join failed on earliest.subscription_id = failed.subscription_id
    where
        earliest.status in ('past_due', 'unpaid', 'paused')
        or (earliest.status = 'canceled' and failed.subscription_id is not null)
)

select
    subscription_id,
    effective_at,
    status
from inferred
where effective_at < known_at or known_at = {{ as_of() }}
