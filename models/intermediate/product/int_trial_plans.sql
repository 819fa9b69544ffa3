{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with spans as (
    select * from {{ touched(ref('int_item_spans'), 'subscription_id') }}
),

prices as (
    select * from {{ ref('int_prices') }}
),

-- What was tried: the dearest item of the subscription's first day, not what it was changed for later.
ranked_items as (
    select
        *,
        row_number() over (
            partition by subscription_id
            order by valid_from nulls last, list_mrr desc nulls last, subscription_item_id nulls last
        ) as item_rank
    from spans
),

final as (
    select
        ranked_items.subscription_id,
        coalesce(prices.product_name, prices.product_id, ranked_items.price_id) as plan
    from ranked_items
    left join prices on ranked_items.price_id = prices.price_id
    where ranked_items.item_rank = 1
)

select * from final
