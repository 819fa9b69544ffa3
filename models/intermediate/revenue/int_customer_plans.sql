{{ config(materialized='incremental', incremental_strategy='touched', unique_key='customer_id') }}

-- the last month that was paid for; of who never paid, the last one
with last_months as (
    select
        customer_id,
        coalesce(max(case when mrr > 0 then month end), max(month)) as month
    from {{ touched(ref('int_item_months')) }}
    group by customer_id
),

last_items as (
    select item_months.*
    from {{ touched(ref('int_item_months')) }} as item_months
    inner join last_months
        on
            item_months.customer_id = last_months.customer_id
            and item_months.month = last_months.month
),

prices as (
    select * from {{ ref('int_prices') }}
),

ranked_items as (
    select
        *,
        row_number() over (
            partition by customer_id
            order by
                mrr desc nulls last,
                subscription_item_id nulls last
        ) as item_rank
    from last_items
)

select
    ranked_items.customer_id,
    coalesce(prices.product_name, prices.product_id, ranked_items.price_id) as plan,
    case
        when ranked_items.status = 'usage' then 'usage'
        when prices.billing_scheme = 'tiered' then 'tier'
        when ranked_items.quantity > 1 then 'seat'
        else 'flat'
    end as pricing_model
from ranked_items
left join prices on ranked_items.price_id = prices.price_id
where ranked_items.item_rank = 1
