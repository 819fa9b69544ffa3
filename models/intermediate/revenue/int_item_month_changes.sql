{{ config(materialized='incremental', incremental_strategy='touched', unique_key='customer_id') }}

with item_months as (
    select * from {{ touched(ref('int_item_months')) }}
),

months as (
    select * from {{ ref('int_months') }}
),

-- within a span nothing changes: only its first and its last month end can differ from their neighbours
sides as (
    select
        month,
        customer_id,
        currency,
        subscription_item_id,
        mrr as closing_mrr,
        case when mrr > 0 or list_mrr > 0 then list_mrr else 0 end as closing_list_mrr,
        price_id as closing_price_id,
        product_id as closing_product_id,
        quantity as closing_quantity,
        0 as opening_mrr,
        0 as opening_list_mrr,
        null as opening_price_id,
        null as opening_product_id,
        null as opening_quantity
    from item_months
    where is_first_of_span
    union all
    select
        months.next_month as month,
        item_months.customer_id,
        item_months.currency,
        item_months.subscription_item_id,
        0 as closing_mrr,
        0 as closing_list_mrr,
        null as closing_price_id,
        null as closing_product_id,
        null as closing_quantity,
        item_months.mrr as opening_mrr,
        item_months.list_mrr as opening_list_mrr,
        item_months.price_id as opening_price_id,
        item_months.product_id as opening_product_id,
        item_months.quantity as opening_quantity
    from item_months
    inner join months on item_months.month = months.month
    where
        item_months.is_last_of_span
        and months.next_month <= (select max(all_months.month) from months as all_months)
),

pairs as (
    select
        month,
        customer_id,
        currency,
        subscription_item_id,
        sum(closing_mrr) - sum(opening_mrr) as amount,
        sum(closing_list_mrr) - sum(opening_list_mrr) as list_amount,
        sum(opening_list_mrr) as opening_list_mrr,
        sum(closing_list_mrr) as closing_list_mrr,
        max(opening_price_id) = max(closing_price_id) as is_same_price,
        -- bills alone may not say what product a price is of
        coalesce(max(opening_product_id) = max(closing_product_id), false) as is_same_product,
        max(opening_quantity) as opening_quantity,
        max(closing_quantity) as closing_quantity
    from sides
    group by 1, 2, 3, 4
),

continued as (
    select
        *,
        opening_list_mrr > 0 and closing_list_mrr > 0 as is_continued,
        case
            when not (opening_list_mrr > 0 and closing_list_mrr > 0) then 0
            when is_same_price then list_amount
            else coalesce(
                {{ divide_exact('opening_list_mrr * (closing_quantity - opening_quantity)', 'opening_quantity') }}, 0
            )
        end as volume_amount
    from pairs
    where amount <> 0
)

select
    month,
    customer_id,
    currency,
    subscription_item_id,
    amount,
    volume_amount,
    case when is_continued and is_same_product then list_amount - volume_amount else 0 end as price_amount,
    case
        when not is_continued then amount
        when not is_same_product then list_amount - volume_amount
        else 0
    end as plan_change_amount,
    case when is_continued then amount - list_amount else 0 end as discount_amount
from continued
