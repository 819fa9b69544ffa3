{{ config(severity='warn') }}

-- A price that is sold in several currencies (`currency_options`) states the amount of its own currency only: an item of a
-- subscription in another currency would be worth that amount in the wrong money.
select
    item_states.subscription_item_id,
    item_states.price_id,
    prices.currency as price_currency,
    subscriptions.currency as subscription_currency
from {{ ref('int_item_states') }} as item_states
inner join {{ ref('stg_stripe__subscriptions') }} as subscriptions
    on item_states.subscription_id = subscriptions.subscription_id
inner join {{ ref('int_prices') }} as prices on item_states.price_id = prices.price_id
where
    prices.currency <> subscriptions.currency
    and not prices.is_metered
