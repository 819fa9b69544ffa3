{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with subscriptions as (
    select * from {{ touched(ref('stg_stripe__subscriptions')) }}
),

bills as (
    select * from {{ touched(ref('int_subscription_bills'), 'subscription_id') }}
),

payments as (
    select
        subscription_id,
        min(case when is_paid then created_at end) as first_paid_at
    from bills
    group by 1
),

-- also in the middle of a period: a free plan that was changed for a paid one
charges as (
    select
        subscription_id,
        min(period_started_at) as first_charged_at
    from {{ touched(ref('int_item_lines'), 'subscription_id') }}
    where amount_minor > 0
    group by 1
),

stated_trials as (
    select
        subscription_id,
        trial_started_at as valid_from,
        trial_ended_at as valid_to
    from subscriptions
    where trial_started_at is not null
),

-- an earlier trial than the stated one shows as a bill over nothing; where none is stated there was none, and what was
-- given away are the days up to the billing day
billed_trials as (
    select
        bills.subscription_id,
        bills.period_started_at as valid_from,
        least(bills.period_ended_at, coalesce(charges.first_charged_at, bills.period_ended_at)) as valid_to
    from bills
    inner join subscriptions on bills.subscription_id = subscriptions.subscription_id
    left join charges on bills.subscription_id = charges.subscription_id
    where
        bills.is_trial
        and bills.period_started_at < subscriptions.trial_started_at
),

trials as (
    select * from stated_trials
    union all
    select * from billed_trials
)

select
    trials.subscription_id,
    subscriptions.customer_id,
    trials.valid_from,
    least(
        trials.valid_to,
        coalesce(subscriptions.ended_at, trials.valid_to),
        coalesce(payments.first_paid_at, trials.valid_to)
    ) as valid_to,
    payments.first_paid_at
from trials
inner join subscriptions on trials.subscription_id = subscriptions.subscription_id
left join payments on trials.subscription_id = payments.subscription_id
where
    trials.valid_from < trials.valid_to
    and trials.valid_from < coalesce(payments.first_paid_at, timestamp '9999-12-31 00:00:00')
    and trials.valid_from <= {{ as_of() }}
