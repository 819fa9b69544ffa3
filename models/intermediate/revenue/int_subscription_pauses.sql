{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with states as (
    select * from {{ touched(ref('int_subscription_states'), 'subscription_id') }}
),

bills as (
    select * from {{ touched(ref('int_subscription_bills'), 'subscription_id') }}
),

observed_pauses as (
    select * from {{ touched(ref('int_observed_pauses'), 'subscription_id') }}
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

seen_paused as (
    select
        subscription_id,
        max(observed_at) as paused_at
    from states
    where
        pause_behavior in ('void', 'mark_uncollectible')
        or previous_pause_behavior in ('void', 'mark_uncollectible')
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
    where bills.status <> 'draft' and not bills.is_uncollectible and not bills.is_voided_at_birth
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
    left join seen_paused on bills.subscription_id = seen_paused.subscription_id
    left join observed_pauses
        on
            observed_pauses.is_paused
            and bills.subscription_id = observed_pauses.subscription_id
            and bills.created_at >= observed_pauses.observed_at
            and bills.created_at < observed_pauses.lasts_until
    -- while a pause is known to last only a bill that is collected tells otherwise, not one that somebody voided; and of a
    -- subscription seen paused later a draft tells nothing: what becomes of it shows when it is finalised
    where
        (bills.status in ('open', 'paid') and not bills.is_uncollectible)
        or (
            observed_pauses.subscription_id is null
            and (bills.status <> 'draft' or bills.created_at >= coalesce(seen_paused.paused_at, bills.created_at))
        )
),

points as (
    select * from billed
    union all
    select
        subscription_id,
        observed_at as effective_at,
        is_paused
    from observed_pauses
    union all
    select
        subscription_id,
        lasts_until as effective_at,
        false as is_paused
    from observed_pauses
    where has_expired
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
