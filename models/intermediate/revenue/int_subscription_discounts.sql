{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with amounts as (
    select * from {{ touched(ref('int_item_span_amounts'), 'subscription_id') }}
),

subscription_discounts as (
    select * from {{ touched(ref('int_discount_spans'), 'subscription_id') }}
    where scope <> 'item'
),

candidates as (
    select
        amounts.subscription_id,
        amounts.subscription_item_id,
        amounts.valid_from,
        amounts.item_amount_minor,
        subscription_discounts.scope,
        max(case when subscription_discounts.scope = 'subscription' then 1 else 0 end) over (
            partition by amounts.subscription_id, amounts.valid_from
        ) as has_subscription_discount,
        subscription_discounts.product_ids is null
        or {{ list_contains('subscription_discounts.product_ids', 'amounts.product_id') }} as is_reached,
        {{ discount_chain('subscription_discounts') }}
    from amounts
    inner join subscription_discounts
        on
            amounts.subscription_id = subscription_discounts.subscription_id
            and amounts.valid_from >= subscription_discounts.valid_from
            and (subscription_discounts.valid_to is null or amounts.valid_from < subscription_discounts.valid_to)
),

-- a customer's coupon counts only where the subscription has none of its own, whatever that one is limited to
applying as (
    select
        *,
        {{ left_by_percentages('item_amount_minor', ['subscription_item_id', 'valid_from']) }} as left_amount_minor
    from candidates
    where is_reached and (scope = 'subscription' or has_subscription_discount = 0)
),

-- an amount off is shared by what the percentages before it left of each item: nothing comes off a free one
in_force as (
    select
        subscription_id,
        subscription_item_id,
        valid_from,
        discount_id,
        list_position,
        discount_started_at,
        factor,
        coalesce(
            {{ divide_exact(
                'amount_off_minor * left_amount_minor',
                'sum(left_amount_minor) over (partition by subscription_id, valid_from, discount_id)'
            ) }},
            0
        ) as amount_off_minor
    from applying
),

chained as (
    {{ fold_discounts('in_force', ['subscription_id', 'subscription_item_id', 'valid_from']) }}
)

select
    subscription_id,
    subscription_item_id,
    valid_from,
    factor,
    amount_minor
from chained
