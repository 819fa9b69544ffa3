{{ config(materialized='incremental', incremental_strategy='changed', unique_key='owner_id') }}

with subscription_versions as (
    select * from {{ changed(ref('stg_stripe__subscription_versions')) }}
),

subscription_items as (
    select
        customer_id,
        observed_at,
        {{ explode('items') }} as item
    from subscription_versions
),

invoices as (
    select * from {{ changed(ref('stg_stripe__invoices')) }}
),

invoice_lines as (
    select * from {{ changed(ref('stg_stripe__invoice_lines')) }}
),

customers as (
    select * from {{ changed(ref('stg_stripe__customers')) }}
),

-- taken off before its time, which neither the discount nor, of a customer's, a subscription tells
removals as (
    select
        discount_id,
        min(removed_at) as removed_at
    from {{ changed(ref('stg_stripe__discount_ends')) }}
    group by 1
),

found as (
    select
        customer_id,
        observed_at as seen_at,
        {{ explode('discounts_json') }} as discount_json
    from subscription_versions
    union all
    select
        customer_id,
        observed_at as seen_at,
        discount_json
    from subscription_versions
    union all
    select
        customer_id,
        observed_at as seen_at,
        {{ explode('item.discounts') }} as discount_json
    from subscription_items
    union all
    select
        customer_id,
        created_at as seen_at,
        {{ explode('discounts_json') }} as discount_json
    from invoices
    union all
    select
        customer_id,
        created_at as seen_at,
        discount_json
    from invoices
    union all
    select
        customer_id,
        invoice_created_at as seen_at,
        {{ explode('discounts_json') }} as discount_json
    from invoice_lines
    union all
    select
        customer_id,
        created_at as seen_at,
        discount_json
    from customers
),

parsed as (
    select
        customer_id as owner_id,
        seen_at,
        discount_json,
        {{ json_struct('discount_json', stripe_discount_schema()) }} as discount
    from found
    where substring(discount_json, 1, 1) = '{'
),

ranked as (
    select
        *,
        coalesce(discount.source.coupon, discount.coupon) as coupon_json,
        row_number() over (partition by discount.id order by seen_at desc nulls last, discount_json desc) as version_rank
    from parsed
    where discount.id is not null
)

select
    ranked.discount.id as discount_id,
    ranked.owner_id,
    ranked.discount.customer as customer_id,
    ranked.discount.subscription as subscription_id,
    ranked.discount.subscription_item as subscription_item_id,
    {{ id_of('ranked.coupon_json') }} as coupon_id,
    case
        when substring(ranked.coupon_json, 1, 1) = '{' then {{ json_struct('ranked.coupon_json', stripe_coupon_schema()) }}
    end as inline_coupon,
    {{ epoch_to_timestamp('ranked.discount.start') }} as started_at,
    least(
        coalesce({{ epoch_to_timestamp('ranked.discount.end') }}, removals.removed_at),
        coalesce(removals.removed_at, {{ epoch_to_timestamp('ranked.discount.end') }})
    ) as ended_at
from ranked
left join removals on ranked.discount.id = removals.discount_id
where
    ranked.version_rank = 1
    -- put on one invoice by hand: no part of what the subscription is worth
    and (
        ranked.discount.subscription is not null
        or ranked.discount.subscription_item is not null
        or (ranked.discount.invoice is null and ranked.discount.invoice_item is null)
    )
