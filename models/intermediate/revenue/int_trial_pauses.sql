{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

{% set forever = "timestamp '9999-12-31 00:00:00'" %}
with subscriptions as (
    select
        subscription_id,
        trial_ended_at,
        coalesce(ended_at, case when status = 'canceled' then canceled_at end) as gone_at
    from {{ touched(ref('stg_stripe__subscriptions')) }}
    where trial_end_behavior = 'pause' and trial_ended_at <= {{ as_of() }}
),

bills as (
    select * from {{ touched(ref('int_subscription_bills'), 'subscription_id') }}
),

states as (
    select * from {{ touched(ref('int_subscription_states'), 'subscription_id') }}
    where observed_at <= {{ as_of() }}
),

-- the bill over nothing shows that what was tried costs something, and that the bills of that time were read
tried as (
    select distinct subscriptions.*
    from subscriptions
    inner join bills on subscriptions.subscription_id = bills.subscription_id
    where bills.is_trial and bills.created_at <= subscriptions.trial_ended_at
),

-- also in the middle of a period: a bill up to the day on which all others are made is a proration
charges as (
    select
        item_lines.subscription_id,
        item_lines.period_started_at,
        item_lines.period_ended_at,
        coalesce(bills.status, '') as bill_status
    from {{ touched(ref('int_item_lines'), 'subscription_id') }} as item_lines
    left join bills
        on
            item_lines.subscription_id = bills.subscription_id
            and item_lines.invoice_id = bills.invoice_id
    where not item_lines.is_credit and not coalesce(bills.is_trial, false)
),

-- a trial that went over into the paid plan is billed on from its very end; a resumption that is not paid is undone, and its bill
-- voided
billed as (
    select
        tried.subscription_id,
        bool_or(
            charges.period_started_at <= tried.trial_ended_at + interval '1 hour'
            and charges.period_ended_at > tried.trial_ended_at
        ) as is_billed_on,
        min(
            case
                when charges.period_started_at > tried.trial_ended_at and charges.bill_status <> 'void'
                    then charges.period_started_at
            end
        ) as next_billed_at
    from tried
    inner join charges on tried.subscription_id = charges.subscription_id
    group by 1
),

seen_running as (
    select
        tried.subscription_id,
        min(states.observed_at) as running_at
    from tried
    inner join states on tried.subscription_id = states.subscription_id
    where states.observed_at >= tried.trial_ended_at and states.status in ('active', 'past_due', 'unpaid')
    group by 1
),

pauses as (
    select
        tried.subscription_id,
        tried.trial_ended_at as valid_from,
        least(
            coalesce(billed.next_billed_at, {{ forever }}),
            coalesce(tried.gone_at, {{ forever }}),
            coalesce(seen_running.running_at, {{ forever }})
        ) as valid_to
    from tried
    left join billed on tried.subscription_id = billed.subscription_id
    left join seen_running on tried.subscription_id = seen_running.subscription_id
    where
        not coalesce(billed.is_billed_on, false)
        and coalesce(billed.next_billed_at, tried.gone_at) is not null
)

select
    subscription_id,
    valid_from,
    valid_to
from pauses
where valid_from < valid_to
