{{ config(materialized='incremental', incremental_strategy='objects', unique_key='dispute_id') }}

with disputes as (
    select * from {{ current_versions(source('raw_stripe', 'disputes')) }}
),

parsed as (
    select
        id,
        created_at,
        extracted_at,
        {{ json_struct('payload', {
            "charge": "VARCHAR", "payment_intent": "VARCHAR", "status": "VARCHAR", "reason": "VARCHAR",
            "currency": "VARCHAR", "amount": "VARCHAR",
        }) }} as dispute
    from disputes
)

select
    id as dispute_id,
    {{ id_of('dispute.charge') }} as charge_id,
    {{ id_of('dispute.payment_intent') }} as payment_intent_id,
    lower(dispute.status) as status,
    lower(dispute.reason) as reason,
    lower(dispute.currency) as currency,
    {{ try_bigint('dispute.amount') }} as amount_minor,
    created_at,
    extracted_at
from parsed
