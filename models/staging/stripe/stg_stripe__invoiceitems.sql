{{ config(materialized='incremental', incremental_strategy='objects', unique_key='invoice_item_id') }}

with invoiceitems as (
    select * from {{ current_versions(source('raw_stripe', 'invoiceitems')) }}
),

parsed as (
    select
        id,
        extracted_at,
        deleted,
        {{ json_struct('payload', {
            "customer": "VARCHAR", "invoice": "VARCHAR", "date": "VARCHAR", "amount": "VARCHAR", "currency": "VARCHAR",
            "description": "VARCHAR", "quantity": "VARCHAR", "proration": "VARCHAR", "period": {"start": "VARCHAR", "end": "VARCHAR"},
            "pricing": {"price_details": {"price": "VARCHAR"}}, "price": {"id": "VARCHAR"}, "plan": {"id": "VARCHAR"},
            "parent": {"subscription_details": {"subscription": "VARCHAR", "subscription_item": "VARCHAR"}},
            "subscription": "VARCHAR", "subscription_item": "VARCHAR", "proration_details": {"credited_items": "VARCHAR"},
        }) }} as item
    from invoiceitems
)

select
    id as invoice_item_id,
    {{ id_of('item.customer') }} as customer_id,
    {{ id_of('item.invoice') }} as invoice_id,
    coalesce(item.parent.subscription_details.subscription, item.subscription) as subscription_id,
    coalesce(item.parent.subscription_details.subscription_item, item.subscription_item) as subscription_item_id,
    {{ id_of('coalesce(item.pricing.price_details.price, item.price.id, item.plan.id)') }} as price_id,
    coalesce(try_cast(item.proration as boolean), false) as is_proration,
    item.proration_details.credited_items is not null as has_credited_items,
    item.description as description,
    lower(item.currency) as currency,
    {{ try_bigint('item.amount') }} as amount_minor,
    {{ try_bigint('item.quantity') }} as quantity,
    coalesce({{ epoch_to_timestamp('item.date') }}, {{ epoch_to_timestamp('item.period.start') }}) as dated_at,
    {{ epoch_to_timestamp('item.period.start') }} as period_started_at,
    {{ epoch_to_timestamp('item.period.end') }} as period_ended_at,
    extracted_at,
    deleted as is_deleted
from parsed
