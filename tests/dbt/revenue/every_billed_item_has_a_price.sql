{{ config(severity='warn') }}

-- An item whose price is nowhere to be found, or says no amount in the currency that the item is sold in (Stripe's
-- `currency_options`), and no bill says it either, would silently be worth nothing.
select
    item_states.subscription_item_id,
    item_states.price_id,
    item_states.currency,
    item_states.quantity,
    prices.currency as price_currency
from {{ ref('int_item_states') }} as item_states
left join {{ ref('int_prices') }} as prices on item_states.price_id = prices.price_id
left join {{ ref('int_price_amounts') }} as price_amounts
    on
        item_states.price_id = price_amounts.price_id
        and item_states.currency = price_amounts.currency
        and item_states.quantity = price_amounts.quantity
where
    not coalesce(prices.is_metered, false)
    and (price_amounts.price_id is null or (price_amounts.is_recurring and price_amounts.list_amount_minor is null))
