{{ config(materialized='incremental', incremental_strategy='dated_objects', unique_key='invoice_id',
    meta={'stream': 'raw_stripe.invoices'}) }}

with invoices as (
    select * from {{ rebuilt(ref('stg_stripe__invoices')) }}
),

exploded as (
    select
        invoice_id,
        customer_id,
        subscription_id as invoice_subscription_id,
        status as invoice_status,
        billing_reason,
        currency,
        created_at as invoice_created_at,
        {{ explode_with_position('lines', 'line_position', 'line') }}
    from invoices
)

select
    invoice_id,
    line.id as line_id,
    cast(line_position as integer) as line_position,
    customer_id,
    coalesce(
        line.parent.subscription_item_details.subscription,
        line.parent.invoice_item_details.subscription,
        line.subscription,
        invoice_subscription_id
    ) as subscription_id,
    coalesce(line.parent.subscription_item_details.subscription_item, line.subscription_item) as subscription_item_id,
    coalesce(
        line.parent.subscription_item_details.invoice_item, line.parent.invoice_item_details.invoice_item, line.invoice_item
    ) as invoice_item_id,
    {{ id_of('coalesce(line.pricing.price_details.price, line.price.id, line.plan.id)') }} as price_id,
    line.pricing.price_details.product as product_id,
    -- the older shape shows the price in its own currency, whatever the bill's is
    try_cast(
        coalesce(
            line.pricing.unit_amount_decimal,
            case
                when lower(line.price.currency) = currency
                    then coalesce(line.price.unit_amount_decimal, line.price.unit_amount)
                when lower(line.plan.currency) = currency then coalesce(line.plan.amount_decimal, line.plan.amount)
            end
        ) as decimal(24, 12)
    ) as unit_amount_minor,
    coalesce(
        try_cast(line.parent.subscription_item_details.proration as boolean),
        try_cast(line.parent.invoice_item_details.proration as boolean),
        try_cast(line.proration as boolean),
        false
    ) as is_proration,
    coalesce(
        line.parent.subscription_item_details.proration_details.credited_items,
        line.parent.invoice_item_details.proration_details.credited_items,
        line.proration_details.credited_items
    ) is not null as has_credited_items,
    line.description as description,
    invoice_status,
    billing_reason,
    currency,
    {{ try_bigint('line.amount') }} as amount_minor,
    {{ try_bigint('line.quantity') }} as quantity,
    {{ epoch_to_timestamp('line.period.start') }} as period_started_at,
    {{ epoch_to_timestamp('line.period.end') }} as period_ended_at,
    invoice_created_at,
    line.discounts as discounts_json,
    line.discount_amounts,
    line.taxes,
    line.tax_amounts,
    line.price as embedded_price,
    line.plan as embedded_plan
from exploded
