{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with states as (
    select * from {{ touched(ref('int_subscription_states'), 'subscription_id') }}
),

bills as (
    select * from {{ touched(ref('int_subscription_bills'), 'subscription_id') }}
),

carriers as (
    select
        subscription_id,
        min(observed_at) as first_carried_at,
        min(case when has_begun_pause then observed_at end) as begun_at,
        max(observed_at) as carried_at
    from states
    where pause_behavior = 'mark_uncollectible' or previous_pause_behavior = 'mark_uncollectible'
    group by 1
),

last_collected as (
    select
        bills.subscription_id,
        max(bills.created_at) as collected_at
    from bills
    inner join carriers
        on
            bills.subscription_id = carriers.subscription_id
            and bills.created_at < carriers.carried_at
    where bills.status <> 'uncollectible' and not bills.is_voided_at_birth
    group by 1
),

-- uncollectible is also what dunning ends in: where the bill does not say why, it means a pause only where the subscription is
-- known to have carried one since, and not before the event that began the first one known
billed as (
    select
        bills.subscription_id,
        bills.created_at as effective_at,
        case
            when bills.uncollectible_reason is not null then bills.uncollectible_reason = 'subscription_paused'
            else
                bills.is_voided_at_birth
                or bills.is_uncollectible_at_birth
                or (
                    bills.is_uncollectible
                    and carriers.subscription_id is not null
                    and bills.created_at > coalesce(last_collected.collected_at, timestamp '1970-01-01 00:00:00')
                    and bills.created_at < carriers.carried_at
                    and (bills.created_at >= carriers.begun_at or carriers.begun_at is distinct from carriers.first_carried_at)
                )
        end as is_paused
    from bills
    left join carriers on bills.subscription_id = carriers.subscription_id
    left join last_collected on bills.subscription_id = last_collected.subscription_id
),

looks as (
    select
        *,
        max(case when has_changed_pause then 1 else 0 end) over (partition by subscription_id, observed_at) as pause_changes
    from states
    where observed_at <= {{ as_of() }}
),

-- of the events of one second those that changed the pause tell what it was after all of them
observed as (
    select
        subscription_id,
        observed_at as effective_at,
        coalesce(pause_behavior in ('void', 'mark_uncollectible'), false) as is_paused,
        pause_resumes_at,
        lead(observed_at) over (partition by subscription_id order by observed_at nulls last) as next_observed_at
    from looks
    where has_changed_pause or pause_changes = 0
),

-- a pause ends by itself at the time it states, unless it was changed before
expired as (
    select
        subscription_id,
        pause_resumes_at as effective_at,
        false as is_paused
    from observed
    where
        is_paused
        and pause_resumes_at < coalesce(next_observed_at, {{ as_of() }})
),

points as (
    select * from billed
    union all
    select
        subscription_id,
        effective_at,
        is_paused
    from observed
    union all
    select * from expired
),

-- at one moment an observation and a bill agree or the pause wins: a bill made and voided in the second of the pause
moments as (
    select
        subscription_id,
        effective_at,
        bool_or(is_paused) as is_paused
    from points
    group by 1, 2
),

compared as (
    select
        *,
        lag(is_paused) over (partition by subscription_id order by effective_at nulls last) as was_paused
    from moments
),

turns as (
    select
        subscription_id,
        is_paused,
        effective_at as valid_from,
        lead(effective_at) over (partition by subscription_id order by effective_at nulls last) as valid_to
    from compared
    where is_paused is distinct from coalesce(was_paused, false)
)

select
    subscription_id,
    valid_from,
    valid_to
from turns
where is_paused
