{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with amounts as (
    select * from {{ touched(ref('int_item_span_amounts'), 'subscription_id') }}
),

subscription_discounts as (
    select * from {{ touched(ref('int_discount_spans'), 'subscription_id') }}
    where scope <> 'item'
),

taxes as (
    select * from {{ touched(ref('int_inclusive_tax'), 'subscription_id') }}
),

reachable as (
    select
        amounts.subscription_id,
        amounts.subscription_item_id,
        amounts.valid_from,
        amounts.item_amount_minor,
        subscription_discounts.scope,
        max(case when subscription_discounts.scope = 'subscription' then 1 else 0 end) over (
            partition by amounts.subscription_id, amounts.valid_from
        ) as has_subscription_discount,
        {{ discount_chain('subscription_discounts') }}
    from amounts
    inner join subscription_discounts
        on
            amounts.subscription_id = subscription_discounts.subscription_id
            and amounts.valid_from >= subscription_discounts.valid_from
            and (subscription_discounts.valid_to is null or amounts.valid_from < subscription_discounts.valid_to)
    where
        subscription_discounts.product_ids is null
        or {{ list_contains('subscription_discounts.product_ids', 'amounts.product_id') }}
),

-- a customer's coupon counts only where the subscription has none of its own; an amount off is shared by what each item is worth
in_force as (
    select
        subscription_item_id,
        valid_from,
        discount_id,
        list_position,
        discount_started_at,
        factor,
        coalesce(
            {{ divide_exact(
                'amount_off_minor * item_amount_minor',
                'sum(item_amount_minor) over (partition by subscription_id, valid_from, discount_id)'
            ) }},
            0
        ) as amount_off_minor
    from reachable
    where scope = 'subscription' or has_subscription_discount = 0
),

chained as (
    {{ fold_discounts('in_force', ['subscription_item_id', 'valid_from']) }}
),

discounted as (
    select
        amounts.*,
        coalesce(taxes.inclusive_percentage, 0) as inclusive_percentage,
        cast(
            greatest(
                amounts.item_amount_minor * coalesce(chained.factor, 1) - coalesce(chained.amount_minor, 0), 0
            ) as {{ money_type() }}
        ) as net_amount_minor
    from amounts
    left join chained
        on
            amounts.subscription_item_id = chained.subscription_item_id
            and amounts.valid_from = chained.valid_from
    left join taxes on amounts.subscription_item_id = taxes.subscription_item_id
),

valued as (
    select
        *,
        {{ divide_exact(
            'list_amount_minor * month_numerator * 100', 'month_denominator * (100 + inclusive_percentage)'
        ) }} as contract_list_mrr,
        {{ divide_exact(
            'net_amount_minor * month_numerator * 100', 'month_denominator * (100 + inclusive_percentage)'
        ) }} as contract_mrr
    from discounted
),

contract_spans as (
    select
        *,
        case when status in ({{ counted_statuses() }}) then contract_list_mrr else 0 end as list_mrr,
        case when status in ({{ counted_statuses() }}) then contract_mrr else 0 end as mrr,
        case when status = 'trial' then contract_mrr else 0 end as trial_mrr,
        case when status in ({{ counted_statuses() }}) and not is_ending then contract_mrr else 0 end as committed_mrr,
        case when is_past_due and status = 'past_due' then contract_mrr else 0 end as at_risk_mrr,
        case when evidence_source in ('event', 'snapshot') then 'observed' else 'billed' end as confidence
    from valued
)

{% set columns = ["customer_id", "subscription_id", "subscription_item_id", "valid_from", "valid_to", "currency", "price_id",
    "product_id", "quantity", "status", "is_ending", "is_past_due", "contract_mrr", "list_mrr", "mrr", "trial_mrr",
    "committed_mrr", "at_risk_mrr", "evidence_source", "evidence_id", "confidence"] -%}
select {{ columns | join(", ") }}
from contract_spans
union all
select {{ columns | join(", ") }}
from {{ touched(ref('int_usage_spans')) }}
