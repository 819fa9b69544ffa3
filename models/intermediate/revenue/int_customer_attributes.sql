with item_months as (
    select * from {{ ref('int_item_months') }}
),

prices as (
    select * from {{ ref('int_prices') }}
),

dim_customers as (
    select * from {{ ref('dim_customers') }}
),

ranked_items as (
    select
        item_months.customer_id,
        coalesce(prices.product_name, prices.product_id, item_months.price_id) as plan,
        case
            when prices.billing_scheme = 'tiered' then 'tier'
            when item_months.quantity > 1 then 'seat'
            else 'flat'
        end as pricing_model,
        row_number() over (
            partition by item_months.customer_id
            order by
                case when item_months.mrr > 0 then 0 else 1 end,
                item_months.month desc,
                item_months.mrr desc,
                item_months.subscription_item_id
        ) as item_rank
    from item_months
    left join prices on item_months.price_id = prices.price_id
)

select
    dim_customers.customer_id,
    dim_customers.segment,
    coalesce(dim_customers.acquisition_source, 'unknown') as acquisition_source,
    coalesce(ranked_items.plan, 'none') as plan,
    coalesce(ranked_items.pricing_model, 'none') as pricing_model
from dim_customers
left join ranked_items
    on
        dim_customers.customer_id = ranked_items.customer_id
        and ranked_items.item_rank = 1
