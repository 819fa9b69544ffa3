{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

{% set forever = "timestamp '9999-12-31 00:00:00'" %}
with subscriptions as (
    select
        *,
        coalesce(ended_at, case when status = 'canceled' then canceled_at end) as gone_at
    from {{ touched(ref('stg_stripe__subscriptions')) }}
),

bills as (
    select * from {{ touched(ref('int_subscription_bills'), 'subscription_id') }}
),

ended as (
    select
        subscription_id,
        'ended' as condition,
        1 as weight,
        gone_at as valid_from,
        {{ forever }} as valid_to
    from subscriptions
    where gone_at <= {{ as_of() }}
),

never_started as (
    select
        subscription_id,
        'incomplete' as condition,
        2 as weight,
        started_at as valid_from,
        {{ forever }} as valid_to
    from subscriptions
    where status in ('incomplete', 'incomplete_expired')
),

-- an automatic first payment that took longer than a minute (Stripe allows 23 hours) held the subscription
-- incomplete until then, or until somebody cancelled it; a backdated start lies before there was anything to hold
late_first_payment as (
    select
        subscriptions.subscription_id,
        'incomplete' as condition,
        2 as weight,
        greatest(subscriptions.started_at, subscriptions.created_at) as valid_from,
        coalesce(bills.paid_at, subscriptions.gone_at) as valid_to
    from subscriptions
    inner join bills on subscriptions.subscription_id = bills.subscription_id
    where
        bills.billing_reason = 'subscription_create'
        and bills.collection_method = 'charge_automatically'
        and bills.has_total
        and coalesce(bills.paid_at, subscriptions.gone_at) > bills.created_at + interval '1 minute'
        and coalesce(bills.paid_at, subscriptions.gone_at) <= bills.created_at + interval '24 hours'
),

paused_collection as (
    select
        subscription_id,
        'paused' as condition,
        3 as weight,
        valid_from,
        coalesce(valid_to, {{ forever }}) as valid_to
    from {{ touched(ref('int_subscription_pauses'), 'subscription_id') }}
),

dunning as (
    select
        subscription_id,
        status as condition,
        case status when 'paused' then 3 when 'unpaid' then 4 else 7 end as weight,
        valid_from,
        coalesce(valid_to, {{ forever }}) as valid_to
    from {{ touched(ref('int_subscription_dunning'), 'subscription_id') }}
),

trial_pauses as (
    select
        subscription_id,
        'paused' as condition,
        3 as weight,
        valid_from,
        valid_to
    from {{ touched(ref('int_trial_pauses'), 'subscription_id') }}
),

lapsed as (
    select
        subscription_id,
        'lapsed' as condition,
        5 as weight,
        lapses_at as valid_from,
        coalesce(ends_at, {{ forever }}) as valid_to
    from {{ touched(ref('int_past_due_runs'), 'subscription_id') }}
    where lapses_at is not null
),

trials as (
    select
        subscription_id,
        'trial' as condition,
        6 as weight,
        valid_from,
        valid_to
    from {{ touched(ref('int_trial_windows'), 'subscription_id') }}
),

scheduled_ends as (
    select
        subscription_id,
        'ending' as condition,
        8 as weight,
        canceled_at as valid_from,
        coalesce(gone_at, {{ forever }}) as valid_to
    from subscriptions
    where
        canceled_at < coalesce(gone_at, {{ forever }})
        and (is_cancel_at_period_end or cancel_at is not null or gone_at is not null)
),

-- where churn counts from the day on which it was asked for
asked_ends as (
    select
        subscription_id,
        'ended' as condition,
        1 as weight,
        valid_from,
        valid_to
    from scheduled_ends
    where '{{ policy_choice("churn_date", ["ended_at", "canceled_at"]) }}' = 'canceled_at'
),

running as (
    select
        subscription_id,
        'active' as condition,
        9 as weight,
        started_at as valid_from,
        {{ forever }} as valid_to
    from subscriptions
)

select * from ended
union all
select * from never_started
union all
select * from late_first_payment
union all
select * from paused_collection
union all
select * from dunning
union all
select * from trial_pauses
union all
select * from lapsed
union all
select * from trials
union all
select * from scheduled_ends
union all
select * from asked_ends
union all
select * from running
