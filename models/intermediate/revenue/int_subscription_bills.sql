with invoices as (
    select * from {{ ref('stg_stripe__invoices') }}
),

lines as (
    select
        invoice_id,
        subscription_id,
        min(period_started_at) as period_started_at,
        max(period_ended_at) as period_ended_at,
        max(amount_minor) as largest_amount_minor
    from {{ ref('int_item_lines') }}
    where not is_proration
    group by 1, 2
)

select
    lines.subscription_id,
    invoices.invoice_id,
    invoices.status,
    invoices.billing_reason,
    invoices.collection_method,
    invoices.created_at,
    lines.period_started_at,
    lines.period_ended_at,
    invoices.finalized_at,
    invoices.paid_at,
    lines.largest_amount_minor > 0 as is_charging,
    coalesce(invoices.total_minor, 0) > 0 as has_total,
    invoices.status = 'paid' and lines.largest_amount_minor > 0 as is_paid,
    -- Stripe voids the invoices of a paused subscription in the second it makes them
    coalesce(invoices.voided_at = invoices.created_at, false) as is_voided_at_birth,
    invoices.status = 'uncollectible' as is_uncollectible,
    coalesce(invoices.marked_uncollectible_at = invoices.created_at, false) as is_uncollectible_at_birth
from lines
inner join invoices on lines.invoice_id = invoices.invoice_id
