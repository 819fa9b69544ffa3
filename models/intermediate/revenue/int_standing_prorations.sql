{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with item_lines as (
    select * from {{ touched(ref('int_item_lines'), 'subscription_id') }}
    where is_proration
),

unapplied as (
    select * from {{ touched(ref('int_unapplied_updates'), 'subscription_id') }}
),

pauses as (
    select distinct
        subscription_id,
        paused_at
    from {{ touched(ref('int_subscription_states'), 'subscription_id') }}
    where paused_at is not null
),

-- a pause may give back the whole period that it falls into: it began when it began, and the item is still there
pause_credits as (
    select distinct
        credits.invoice_id,
        credits.line_id
    from pauses
    inner join item_lines as credits
        on
            credits.is_credit
            and pauses.subscription_id = credits.subscription_id
            and pauses.paused_at > credits.period_started_at
            and pauses.paused_at < credits.period_ended_at
    inner join {{ touched(ref('int_item_lines'), 'subscription_id') }} as renewals
        on
            not renewals.is_proration
            and credits.subscription_item_id = renewals.subscription_item_id
            and credits.period_started_at = renewals.period_started_at
            and credits.period_ended_at = renewals.period_ended_at
),

prices as (
    select * from {{ ref('int_prices') }}
),

prorations as (
    select
        item_lines.*,
        -- of tiers, one line each, only all of them together say what the item is
        coalesce(prices.billing_scheme, 'tiered') = 'tiered' as is_tiered,
        case when item_lines.is_credit then 1 else 0 end as credits,
        case when item_lines.is_credit then 0 else 1 end as debits
    from item_lines
    left join prices on item_lines.price_id = prices.price_id
    left join unapplied
        on
            item_lines.invoice_id = unapplied.invoice_id
            and item_lines.subscription_item_id = unapplied.subscription_item_id
    left join pause_credits
        on
            item_lines.invoice_id = pause_credits.invoice_id
            and item_lines.line_id = pause_credits.line_id
    where
        unapplied.invoice_id is null
        and pause_credits.invoice_id is null
),

counted as (
    select
        *,
        sum(credits) over (partition by subscription_item_id, period_started_at) as moment_credits,
        sum(debits) over (partition by subscription_item_id, period_started_at) as moment_debits,
        sum(credits) over (partition by subscription_item_id, period_started_at, price_id, quantity) as same_credits,
        sum(debits) over (partition by subscription_item_id, period_started_at, price_id, quantity) as same_debits,
        row_number() over (
            partition by subscription_item_id, period_started_at, price_id, quantity, is_credit
            order by billed_at nulls last, invoice_id nulls last, line_id nulls last
        ) as copy_number
    from prorations
)

-- of several changes of one moment: what one of them charged for and another gave back was there for no time
select
    invoice_id,
    line_id,
    subscription_id,
    subscription_item_id,
    price_id,
    quantity,
    period_started_at,
    period_ended_at,
    billed_at,
    is_credit
from counted
where
    is_tiered
    or (moment_credits <= 1 and moment_debits <= 1)
    or copy_number > case when is_credit then same_debits else same_credits end
