{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with item_lines as (
    select * from {{ touched(ref('int_item_lines'), 'subscription_id') }}
    where is_proration
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
