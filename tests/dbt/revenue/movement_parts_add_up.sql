-- Volume, price, plan change and discount explain an expansion or contraction completely.
select
    customer_id,
    month,
    currency,
    movement,
    amount
from {{ ref('fct_mrr_movements') }}
where
    movement in ('expansion', 'contraction')
    and amount <> volume_amount + price_amount + plan_change_amount + discount_amount
