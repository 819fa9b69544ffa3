with states as (
    select * from {{ ref('int_subscription_states') }}
),

subscriptions as (
    select * from {{ ref('stg_stripe__subscriptions') }}
),

bills as (
    select * from {{ ref('int_subscription_bills') }}
),

observed as (
    select
        subscription_id,
        observed_at as effective_at,
        status
    from states
    where observed_at <= {{ as_of() }}
),

told_by_event as (
    select distinct
        states.subscription_id,
        states.status
    from states
    inner join subscriptions
        on
            states.subscription_id = subscriptions.subscription_id
            and states.status = subscriptions.status
    where states.source = 'event' and states.observed_at <= {{ as_of() }}
),

collected as (
    select
        subscription_id,
        max(created_at) as collected_at
    from bills
    where status = 'paid'
    group by 1
),

-- no event tells when: the first bill left open tells of past_due, the first left in draft of unpaid
inferred as (
    select
        subscriptions.subscription_id,
        subscriptions.status,
        coalesce(
            case
                when subscriptions.status = 'paused' then subscriptions.trial_ended_at
                else min(bills.created_at)
            end,
            {{ as_of() }}
        ) as effective_at
    from subscriptions
    left join told_by_event on subscriptions.subscription_id = told_by_event.subscription_id
    left join collected on subscriptions.subscription_id = collected.subscription_id
    left join bills
        on
            subscriptions.subscription_id = bills.subscription_id
            and bills.created_at > coalesce(collected.collected_at, timestamp '1970-01-01 00:00:00')
            and bills.status = case subscriptions.status when 'past_due' then 'open' else 'draft' end
    where
        subscriptions.status in ('past_due', 'unpaid', 'paused')
        and told_by_event.subscription_id is null
    group by subscriptions.subscription_id, subscriptions.status, subscriptions.trial_ended_at -- noqa: AM06
),

points as (
    select
        subscription_id,
        effective_at,
        status
    from observed
    union all
    select
        subscription_id,
        effective_at,
        status
    from inferred
),

stretches as (
    select
        subscription_id,
        status,
        effective_at as valid_from,
        lead(effective_at) over (partition by subscription_id order by effective_at, status) as valid_to
    from points
)

select
    subscription_id,
    status,
    valid_from,
    valid_to
from stretches
where status in ('past_due', 'unpaid', 'paused')
