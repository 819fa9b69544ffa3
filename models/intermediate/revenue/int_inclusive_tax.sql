{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with subscriptions as (
    select
        subscription_id,
        {{ explode('default_tax_rates') }} as tax_rate
    from {{ touched(ref('stg_stripe__subscription_versions')) }}
    where is_current
),

items as (
    select
        subscription_item_id,
        {{ explode('tax_rates') }} as tax_rate
    from {{ touched(ref('int_subscription_state_items'), 'subscription_id') }}
    where is_current
),

lines as (
    select * from {{ touched(ref('stg_stripe__invoice_lines')) }}
    where subscription_item_id is not null
),

by_subscription as (
    select
        subscription_id,
        sum(try_cast(tax_rate.percentage as decimal(9, 4))) as percentage
    from subscriptions
    where tax_rate.inclusive = 'true'
    group by 1
),

by_item as (
    select
        subscription_item_id,
        sum(try_cast(tax_rate.percentage as decimal(9, 4))) as percentage
    from items
    where tax_rate.inclusive = 'true'
    group by 1
),

line_taxes as (
    select line_id, subscription_item_id, {{ explode('taxes') }} as tax
    from lines
),

older_line_taxes as (
    select line_id, subscription_item_id, {{ explode('tax_amounts') }} as tax
    from lines
),

taxed as (
    select
        subscription_item_id,
        abs({{ try_bigint('tax.amount') }}) as tax_minor,
        abs({{ try_bigint('tax.taxable_amount') }}) as net_minor
    from line_taxes
    where tax.tax_behavior = 'inclusive'
    union all
    select
        subscription_item_id,
        abs({{ try_bigint('tax.amount') }}) as tax_minor,
        abs({{ try_bigint('tax.taxable_amount') }}) as net_minor
    from older_line_taxes
    where tax.inclusive = 'true'
),

billed as (
    select
        subscription_item_id,
        round(100 * {{ divide_exact('sum(tax_minor)', 'sum(net_minor)') }}, 1) as percentage
    from taxed
    group by 1
),

all_items as (
    select
        subscription_item_id,
        subscription_id
    from {{ touched(ref('int_item_lifetimes'), 'subscription_id') }}
)

select
    all_items.subscription_item_id,
    all_items.subscription_id,
    cast(
        coalesce(by_item.percentage, by_subscription.percentage, billed.percentage, 0) as {{ money_type() }}
    ) as inclusive_percentage
from all_items
left join by_item on all_items.subscription_item_id = by_item.subscription_item_id
left join by_subscription on all_items.subscription_id = by_subscription.subscription_id
left join billed on all_items.subscription_item_id = billed.subscription_item_id
