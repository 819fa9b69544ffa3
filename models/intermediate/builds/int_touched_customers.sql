{%- set dates = {
    'stg_stripe__customers': ['created_at'],
    'stg_stripe__subscription_versions': [
        'observed_at', 'created_at', 'started_at', 'ended_at', 'canceled_at', 'cancel_at', 'trial_started_at',
        'trial_ended_at', 'pause_resumes_at',
    ],
    'stg_stripe__subscription_events': ['observed_at', 'pause_resumes_at'],
    'stg_stripe__invoices': ['created_at', 'finalized_at', 'marked_uncollectible_at', 'paid_at', 'voided_at'],
    'stg_stripe__invoice_lines': ['period_started_at', 'period_ended_at'],
    'stg_stripe__invoiceitems': ['dated_at', 'period_started_at', 'period_ended_at'],
    'stg_stripe__discounts': ['started_at', 'ended_at'],
    'int_schedule_items': ['known_from', 'started_at', 'ended_at', 'closed_at'],
} -%}
with changed as (
    select customer_id from {{ ref('int_changed_customers') }}
),

-- time has passed one of a customer's dates since the last build
dated as (
    {% for model, columns in dates.items() -%}
    select {{ 'owner_id' if model == 'stg_stripe__discounts' else 'customer_id' }} as customer_id
    from {{ ref(model) }}
    where {{ passed_since_last_build(columns) }}
    union all
    {% endfor -%}
    -- the back-test takes a draft for stale after three days
    select customer_id
    from {{ ref('stg_stripe__invoices') }}
    where status = 'draft' and ({{ passed_since_last_build(['created_at'], days_later=[3]) }})
),

prices as (
    select price_id from {{ changed_shared('int_prices') }} as prices
    union all
    select price_id from {{ changed_shared('int_price_currencies') }} as price_currencies
    union all
    select price_id from {{ changed_shared('stg_stripe__price_tiers') }} as tiers
),

priced as (
    select customer_id from {{ ref('stg_stripe__invoice_lines') }}
    where price_id in (select prices.price_id from prices)
    union all
    select customer_id from {{ ref('stg_stripe__invoiceitems') }}
    where price_id in (select prices.price_id from prices)
    union all
    select subscriptions.customer_id
    from {{ ref('int_subscription_state_items') }} as state_items
    inner join {{ ref('stg_stripe__subscriptions') }} as subscriptions
        on state_items.subscription_id = subscriptions.subscription_id
    where state_items.price_id in (select prices.price_id from prices)
    union all
    select customer_id from {{ ref('int_schedule_items') }}
    where price_id in (select prices.price_id from prices)
),

coupons as (
    select coupon_id from {{ changed_shared('stg_stripe__coupons') }} as coupons
    union all
    select coupon_id from {{ changed_shared('stg_stripe__coupon_currencies') }} as coupon_currencies
),

discounted as (
    select owner_id as customer_id from {{ ref('stg_stripe__discounts') }}
    where coupon_id in (select coupons.coupon_id from coupons)
    union all
    select customer_id from {{ ref('int_schedule_discounts') }}
    where coupon_id in (select coupons.coupon_id from coupons)
),

touched as (
    select customer_id from changed
    union
    select customer_id from dated
    union
    select customer_id from priced
    union
    select customer_id from discounted
)

select customer_id
from touched
where customer_id is not null
