{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with spans as (
    select * from {{ touched(ref('int_subscription_spans'), 'subscription_id') }}
),

item_states as (
    select * from {{ touched(ref('int_item_states'), 'subscription_id') }}
),

price_amounts as (
    select * from {{ ref('int_price_amounts') }}
),

item_discounts as (
    select * from {{ touched(ref('int_discount_spans'), 'subscription_id') }}
    where scope = 'item'
),

priced as (
    select
        item_states.customer_id,
        item_states.subscription_id,
        item_states.subscription_item_id,
        spans.valid_from,
        spans.valid_to,
        spans.status,
        spans.is_ending,
        spans.is_past_due,
        item_states.price_id,
        item_states.quantity,
        item_states.evidence_source,
        item_states.evidence_id,
        price_amounts.product_id,
        price_amounts.currency,
        price_amounts.list_amount_minor,
        price_amounts.month_numerator,
        price_amounts.month_denominator
    from spans
    inner join item_states
        on
            spans.subscription_id = item_states.subscription_id
            and spans.valid_from >= item_states.valid_from
            and (item_states.valid_to is null or spans.valid_from < item_states.valid_to)
    inner join price_amounts
        on
            item_states.price_id = price_amounts.price_id
            and item_states.currency = price_amounts.currency
            and item_states.quantity = price_amounts.quantity
    where price_amounts.is_recurring and not price_amounts.is_metered
),

in_force as (
    select
        priced.subscription_item_id,
        priced.valid_from,
        {{ discount_chain() }}
    from priced
    inner join item_discounts
        on
            priced.subscription_item_id = item_discounts.subscription_item_id
            and priced.valid_from >= item_discounts.valid_from
            and (item_discounts.valid_to is null or priced.valid_from < item_discounts.valid_to)
),

chained as (
    {{ fold_discounts('in_force', ['subscription_item_id', 'valid_from']) }}
)

select
    priced.*,
    cast(
        greatest(
            priced.list_amount_minor * coalesce(chained.factor, 1) - coalesce(chained.amount_minor, 0), 0
        ) as {{ money_type() }}
    ) as item_amount_minor
from priced
left join chained
    on
        priced.subscription_item_id = chained.subscription_item_id
        and priced.valid_from = chained.valid_from
