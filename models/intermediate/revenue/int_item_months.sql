{{ config(materialized='incremental', incremental_strategy='touched', unique_key='customer_id') }}

with spans as (
    select * from {{ touched(ref('int_item_spans'), 'subscription_id') }}
),

months as (
    select * from {{ ref('int_months') }}
)

select
    months.month,
    spans.customer_id,
    spans.subscription_id,
    spans.subscription_item_id,
    spans.currency,
    spans.price_id,
    spans.product_id,
    spans.quantity,
    spans.status,
    spans.list_mrr,
    spans.mrr,
    spans.trial_mrr,
    spans.committed_mrr,
    spans.at_risk_mrr,
    coalesce(spans.valid_from >= months.previous_ends_at, true) as is_first_of_span,
    coalesce(spans.valid_to < months.next_ends_at, false) as is_last_of_span
from months
inner join spans
    on
        months.ends_at > spans.valid_from
        and (spans.valid_to is null or months.ends_at <= spans.valid_to)
