{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with spans as (
    select * from {{ touched(ref('int_item_spans'), 'subscription_id') }}
),

price_periods as (
    select * from {{ ref('int_price_periods') }}
    where is_recurring and not is_metered
),

valued as (
    select
        spans.customer_id,
        spans.subscription_id,
        spans.subscription_item_id,
        spans.currency,
        spans.status,
        spans.valid_from,
        coalesce(spans.valid_to, timestamp '9999-12-31 00:00:00') as valid_to,
        spans.status in ({{ counted_statuses() }}) as is_counting,
        spans.mrr,
        price_periods.minor_units,
        price_periods.month_numerator,
        price_periods.month_denominator,
        {{ divide_exact('spans.mrr * price_periods.month_denominator', 'price_periods.month_numerator') }} as cycle_minor
    from spans
    inner join price_periods
        on
            spans.price_id = price_periods.price_id
            and spans.currency = price_periods.currency
),

followed as (
    select
        *,
        lag(valid_to) over (partition by subscription_item_id order by valid_from nulls last) as earlier_until,
        lag(is_counting) over (partition by subscription_item_id order by valid_from nulls last) as was_counting,
        lag(cycle_minor) over (partition by subscription_item_id order by valid_from nulls last) as earlier_cycle_minor
    from valued
)

select
    customer_id,
    subscription_id,
    subscription_item_id,
    currency,
    status,
    valid_from,
    valid_to,
    is_counting,
    mrr,
    minor_units,
    month_numerator,
    month_denominator,
    cycle_minor,
    -- an item that comes is a change from nothing; what comes back from a pause or a trial changes nothing in the contract
    cast(
        case
            when not is_counting then 0
            when earlier_until is distinct from valid_from then cycle_minor
            when was_counting then cycle_minor - earlier_cycle_minor
            else 0
        end as {{ money_type() }}
    ) as change_minor
from followed
where
    valid_from < {{ reconciliation_ends_at() }}
    and valid_to > {{ reconciliation_starts_at() }}
