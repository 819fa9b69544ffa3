{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with amounts as (
    select * from {{ touched(ref('int_item_span_amounts'), 'subscription_id') }}
),

subscription_discounts as (
    select * from {{ touched(ref('int_subscription_discounts'), 'subscription_id') }}
),

taxes as (
    select * from {{ touched(ref('int_inclusive_tax'), 'subscription_id') }}
),

schedules as (
    select * from {{ touched(ref('int_schedule_spans'), 'subscription_id') }}
),

discounted as (
    select
        amounts.*,
        coalesce(taxes.inclusive_percentage, 0) as inclusive_percentage,
        cast(
            greatest(
                amounts.item_amount_minor * coalesce(subscription_discounts.factor, 1)
                - coalesce(subscription_discounts.amount_minor, 0),
                0
            ) as {{ money_type() }}
        ) as net_amount_minor
    from amounts
    left join subscription_discounts
        on
            amounts.subscription_item_id = subscription_discounts.subscription_item_id
            and amounts.valid_from = subscription_discounts.valid_from
    left join taxes
        on
            amounts.subscription_item_id = taxes.subscription_item_id
            and amounts.valid_from >= taxes.valid_from
            and (taxes.valid_to is null or amounts.valid_from < taxes.valid_to)
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

-- what is free today has no share in what it will cost: all get the same
free_items as (
    select
        span_amounts.subscription_id,
        span_amounts.valid_from,
        count(*) as items
    from {{ touched(ref('int_item_span_amounts'), 'subscription_id') }} as span_amounts
    inner join schedules
        on
            span_amounts.subscription_id = schedules.subscription_id
            and span_amounts.valid_from >= schedules.valid_from
            and span_amounts.valid_from < schedules.valid_to
    where schedules.current_mrr = 0
    group by 1, 2
),

-- every item has the share in what is to come that it has today: the schedule names no items of the subscription
scheduled as (
    select
        valued.*,
        case
            when schedules.subscription_id is null then valued.contract_mrr
            when schedules.coming_mrr = 0 then 0
            when schedules.current_mrr = 0 then {{ divide_exact('schedules.coming_mrr', 'free_items.items') }}
            else {{ divide_exact('valued.contract_mrr * schedules.coming_mrr', 'schedules.current_mrr') }}
        end as coming_mrr
    from valued
    left join schedules
        on
            valued.subscription_id = schedules.subscription_id
            and valued.valid_from >= schedules.valid_from
            and valued.valid_from < schedules.valid_to
    left join free_items
        on
            valued.subscription_id = free_items.subscription_id
            and valued.valid_from = free_items.valid_from
),

contract_spans as (
    select
        *,
        case when status in ({{ counted_statuses() }}) then contract_list_mrr else 0 end as list_mrr,
        case when status in ({{ counted_statuses() }}) then contract_mrr else 0 end as mrr,
        case when status = 'trial' then contract_mrr else 0 end as trial_mrr,
        case when status in ({{ counted_statuses() }}) and not is_ending then coming_mrr else 0 end as committed_mrr,
        case when is_past_due and status = 'past_due' then contract_mrr else 0 end as at_risk_mrr,
        case when evidence_source in ('event', 'snapshot') then 'observed' else 'billed' end as confidence
    from scheduled
)

{% set columns = ["customer_id", "subscription_id", "subscription_item_id", "valid_from", "valid_to", "currency", "price_id",
    "product_id", "quantity", "status", "is_ending", "is_past_due", "contract_mrr", "list_mrr", "mrr", "trial_mrr",
    "committed_mrr", "at_risk_mrr", "evidence_source", "evidence_id", "confidence"] -%}
select {{ columns | join(", ") }}
from contract_spans
union all
select {{ columns | join(", ") }}
from {{ touched(ref('int_usage_spans')) }}
