{{ config(materialized='incremental', incremental_strategy='objects', unique_key='charge_id') }}

with charges as (
    select * from {{ current_versions(source('raw_stripe', 'charges')) }}
),

parsed as (
    select
        id,
        created_at,
        extracted_at,
        {{ json_struct('payload', {
            "customer": "VARCHAR", "invoice": "VARCHAR", "payment_intent": "VARCHAR", "status": "VARCHAR", "currency": "VARCHAR",
            "amount": "VARCHAR", "amount_refunded": "VARCHAR", "failure_code": "VARCHAR", "disputed": "VARCHAR",
        }) }} as charge
    from charges
)

select
    id as charge_id,
    {{ id_of('charge.customer') }} as customer_id,
    {{ id_of('charge.invoice') }} as invoice_id,
    {{ id_of('charge.payment_intent') }} as payment_intent_id,
    lower(charge.status) as status,
    lower(charge.currency) as currency,
    {{ try_bigint('charge.amount') }} as amount_minor,
    {{ try_bigint('charge.amount_refunded') }} as amount_refunded_minor,
    charge.failure_code,
    coalesce(try_cast(charge.disputed as boolean), false) as is_disputed,
    created_at,
    extracted_at
from parsed
