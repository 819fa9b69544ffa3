{{ config(materialized='incremental', incremental_strategy='dated_objects', unique_key='invoice_id') }}

with invoices as (
    select * from {{ current_versions(source('raw_stripe', 'invoices'), dated_since_last_build()) }}
),

parsed as (
    select
        id,
        created_at,
        extracted_at,
        deleted,
        {{ json_struct('payload', {
            "customer": "VARCHAR", "subscription": "VARCHAR",
            "parent": {"subscription_details": {"subscription": "VARCHAR"}},
            "status": "VARCHAR", "billing_reason": "VARCHAR", "collection_method": "VARCHAR", "currency": "VARCHAR",
            "total": "VARCHAR", "amount_paid": "VARCHAR", "due_date": "VARCHAR",
            "status_transitions": {
                "finalized_at": "VARCHAR", "marked_uncollectible_at": "VARCHAR", "paid_at": "VARCHAR", "voided_at": "VARCHAR",
            },
            "status_details": {"uncollectible": {"reason": "VARCHAR"}},
            "discount": "VARCHAR", "discounts": ["VARCHAR"], "lines": {"data": [stripe_line_schema()]},
        }) }} as invoice
    from invoices
)

select
    id as invoice_id,
    {{ id_of('invoice.customer') }} as customer_id,
    {{ id_of('coalesce(invoice.parent.subscription_details.subscription, invoice.subscription)') }} as subscription_id,
    invoice.status,
    invoice.billing_reason,
    coalesce(invoice.collection_method, 'charge_automatically') as collection_method,
    lower(invoice.currency) as currency,
    {{ try_bigint('invoice.total') }} as total_minor,
    {{ try_bigint('invoice.amount_paid') }} as amount_paid_minor,
    created_at,
    {{ epoch_to_timestamp('invoice.status_transitions.finalized_at') }} as finalized_at,
    {{ epoch_to_timestamp('invoice.status_transitions.marked_uncollectible_at') }} as marked_uncollectible_at,
    invoice.status_details.uncollectible.reason as uncollectible_reason,
    {{ epoch_to_timestamp('invoice.status_transitions.paid_at') }} as paid_at,
    {{ epoch_to_timestamp('invoice.status_transitions.voided_at') }} as voided_at,
    {{ epoch_to_timestamp('invoice.due_date') }} as due_at,
    invoice.discount as discount_json,
    invoice.discounts as discounts_json,
    invoice.lines.data as lines,
    extracted_at,
    deleted as is_deleted
from parsed
where created_at <= {{ as_of() }}
