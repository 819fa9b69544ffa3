{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with item_lines as (
    select * from {{ touched(ref('int_item_lines'), 'subscription_id') }}
),

prorations as (
    select * from {{ touched(ref('int_standing_prorations'), 'subscription_id') }}
),

current_items as (
    select distinct subscription_item_id
    from {{ touched(ref('int_subscription_state_items'), 'subscription_id') }}
    where is_current
),

grouped_lines as (
    select
        subscription_id,
        subscription_item_id,
        price_id,
        is_credit,
        period_started_at as effective_at,
        invoice_id,
        coalesce(max(billed_at), timestamp '9999-12-31 00:00:00') as billed_at,
        min(line_id) as source_id,
        coalesce(sum(quantity), 1) as quantity
    from prorations
    group by 1, 2, 3, 4, 5, 6
),

-- the later bill knows of all changes that the earlier one knows of
debits as (
    select
        *,
        rank() over (
            partition by subscription_item_id, effective_at order by billed_at desc nulls last, invoice_id desc nulls last
        ) as recency
    from grouped_lines
    where not is_credit
),

credit_moments as (
    select distinct
        subscription_item_id,
        period_started_at
    from prorations
    where is_credit
),

-- what was sold anew in the second of a credit, or is the very line that the credit undoes
renewals as (
    select
        item_lines.subscription_item_id,
        item_lines.period_started_at as effective_at,
        bool_or(credits.subscription_item_id is null) as is_standing
    from item_lines
    inner join credit_moments
        on
            item_lines.subscription_item_id = credit_moments.subscription_item_id
            and item_lines.period_started_at = credit_moments.period_started_at
    left join prorations as credits
        on
            credits.is_credit
            and item_lines.subscription_item_id = credits.subscription_item_id
            and item_lines.price_id = credits.price_id
            and item_lines.quantity = credits.quantity
            and item_lines.period_started_at = credits.period_started_at
            and item_lines.period_ended_at = credits.period_ended_at
    where not item_lines.is_proration
    group by 1, 2
),

-- unused time given back and nothing sold in its place: the item ended there, or stayed with nothing in it
removals as (
    select
        grouped_lines.subscription_id,
        grouped_lines.subscription_item_id,
        grouped_lines.effective_at,
        grouped_lines.source_id,
        case when renewals.subscription_item_id is null then 6 else 3 end as source_rank,
        grouped_lines.price_id,
        current_items.subscription_item_id is null as is_removed
    from grouped_lines
    left join debits
        on
            grouped_lines.subscription_item_id = debits.subscription_item_id
            and grouped_lines.effective_at = debits.effective_at
    left join renewals
        on
            grouped_lines.subscription_item_id = renewals.subscription_item_id
            and grouped_lines.effective_at = renewals.effective_at
    left join current_items on grouped_lines.subscription_item_id = current_items.subscription_item_id
    where
        grouped_lines.is_credit
        and debits.subscription_item_id is null
        and not coalesce(renewals.is_standing, false)
)

-- a change in the very second of a renewal came after it: 3 before the renewal's 5
select
    subscription_id,
    subscription_item_id,
    effective_at,
    source_id,
    3 as source_rank,
    price_id,
    quantity,
    false as is_removed
from debits
where recency = 1
union all
select
    subscription_id,
    subscription_item_id,
    effective_at,
    source_id,
    source_rank,
    price_id,
    0 as quantity,
    is_removed
from removals
