{{ config(materialized='view') }}

-- A view: a close reads all of it, every other run only what has arrived since the last one.
with subscriptions as (
    select * from {{ ref('stg_stripe__subscriptions') }}
),

discounts as (
    select * from {{ ref('stg_stripe__discounts') }}
),

coupons as (
    select * from {{ ref('stg_stripe__coupons') }}
),

prices as (
    select * from {{ ref('stg_stripe__prices') }}
),

spans as (
    select * from {{ ref('int_item_spans') }}
),

customer_coupons as (
    select distinct
        coalesce(discounts.customer_id, subscriptions.customer_id) as customer_id,
        discounts.coupon_id
    from discounts
    left join subscriptions on discounts.subscription_id = subscriptions.subscription_id
),

customer_prices as (
    select distinct
        customer_id,
        price_id
    from spans
)

select
    customer_id,
    customer_id as object_id,
    'customer' as object_type,
    extracted_at as arrived_at
from {{ ref('stg_stripe__customers') }}
union all
select
    customer_id,
    subscription_id as object_id,
    'subscription' as object_type,
    observed_at as arrived_at
from subscriptions
union all
select
    customer_id,
    invoice_id as object_id,
    'invoice' as object_type,
    extracted_at as arrived_at
from {{ ref('stg_stripe__invoices') }}
union all
select
    customer_id,
    invoice_item_id as object_id,
    'invoice item' as object_type,
    extracted_at as arrived_at
from {{ ref('stg_stripe__invoiceitems') }}
union all
select
    customer_id,
    event_id as object_id,
    'event' as object_type,
    extracted_at as arrived_at
from {{ ref('stg_stripe__subscription_events') }}
union all
select
    customer_id,
    event_id as object_id,
    'event' as object_type,
    extracted_at as arrived_at
from {{ ref('stg_stripe__discount_ends') }}
union all
select
    customer_coupons.customer_id,
    coupons.coupon_id as object_id,
    'coupon' as object_type,
    coupons.extracted_at as arrived_at
from coupons
inner join customer_coupons on coupons.coupon_id = customer_coupons.coupon_id
union all
select
    customer_prices.customer_id,
    prices.price_id as object_id,
    'price' as object_type,
    prices.extracted_at as arrived_at
from prices
inner join customer_prices on prices.price_id = customer_prices.price_id
