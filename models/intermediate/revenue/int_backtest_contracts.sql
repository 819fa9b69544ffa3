{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with spans as (
    select
        item_spans.*,
        coalesce(item_spans.valid_to, timestamp '9999-12-31 00:00:00') as valid_until
    from {{ touched(ref('int_item_spans'), 'subscription_id') }} as item_spans
    inner join {{ ref('int_price_periods') }} as price_periods
        on
            item_spans.price_id = price_periods.price_id
            and item_spans.currency = price_periods.currency
    where price_periods.is_recurring and not price_periods.is_metered
),

bills as (
    select * from {{ touched(ref('int_backtest_bills'), 'subscription_id') }}
),

looked_at as (
    select
        spans.*,
        spans.valid_to is null as is_now,
        bills.last_billed_at >= spans.valid_from and bills.last_billed_at < spans.valid_until as is_at_bill
    from spans
    left join bills on spans.subscription_id = bills.subscription_id
)

select
    subscription_id,
    max(case when is_now then status end) as status,
    cast(sum(case when is_now then mrr else 0 end) as {{ money_type() }}) as mrr,
    cast(sum(case when is_now then list_mrr else 0 end) as {{ money_type() }}) as list_mrr,
    cast(sum(case when is_at_bill then mrr else 0 end) as {{ money_type() }}) as billed_mrr,
    cast(sum(case when is_at_bill then list_mrr else 0 end) as {{ money_type() }}) as billed_list_mrr
from looked_at
group by subscription_id
