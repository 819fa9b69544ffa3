{{ config(severity='warn') }}

-- An item whose price is nowhere to be found, or says no amount, would silently be worth nothing.
select
    item_states.subscription_item_id,
    item_states.price_id,
    item_states.quantity
from {{ ref('int_item_states') }} as item_states
left join {{ ref('int_price_amounts') }} as price_amounts
    on
        item_states.price_id = price_amounts.price_id
        and item_states.quantity = price_amounts.quantity
where
    price_amounts.price_id is null
    or (price_amounts.is_recurring and not price_amounts.is_metered and price_amounts.list_amount_minor is null)
