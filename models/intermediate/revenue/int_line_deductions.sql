{{ config(materialized='incremental', incremental_strategy='touched', unique_key='customer_id') }}

with invoice_lines as (
    select * from {{ touched(ref('stg_stripe__invoice_lines')) }}
    where period_ended_at > {{ reconciliation_starts_at() }}
),

-- discounts that are no part of what a subscription is worth
once_discounts as (
    select discounts.discount_id
    from {{ touched(ref('stg_stripe__discounts'), 'owner_id') }} as discounts
    left join {{ ref('int_discounts') }} as recurring on discounts.discount_id = recurring.discount_id
    where recurring.discount_id is null
),

line_discounts as (
    select
        customer_id,
        invoice_id,
        line_id,
        {{ explode('discount_amounts') }} as discount_amount
    from invoice_lines
),

line_taxes as (
    select
        customer_id,
        invoice_id,
        line_id,
        {{ explode('taxes') }} as tax
    from invoice_lines
),

older_line_taxes as (
    select
        customer_id,
        invoice_id,
        line_id,
        {{ explode('tax_amounts') }} as tax
    from invoice_lines
),

deductions as (
    select
        line_discounts.customer_id,
        line_discounts.invoice_id,
        line_discounts.line_id,
        abs({{ try_bigint('line_discounts.discount_amount.amount') }}) as discount_minor,
        case
            when once_discounts.discount_id is not null then abs({{ try_bigint('line_discounts.discount_amount.amount') }})
        end as once_minor,
        cast(null as bigint) as tax_minor
    from line_discounts
    left join once_discounts on line_discounts.discount_amount.discount = once_discounts.discount_id
    union all
    select
        customer_id,
        invoice_id,
        line_id,
        null as discount_minor,
        null as once_minor,
        abs({{ try_bigint('tax.amount') }}) as tax_minor
    from line_taxes
    where tax.tax_behavior = 'inclusive'
    union all
    select
        customer_id,
        invoice_id,
        line_id,
        null as discount_minor,
        null as once_minor,
        abs({{ try_bigint('tax.amount') }}) as tax_minor
    from older_line_taxes
    where tax.inclusive = 'true'
)

select
    customer_id,
    invoice_id,
    line_id,
    cast(coalesce(sum(discount_minor), 0) as bigint) as discount_minor,
    cast(coalesce(sum(once_minor), 0) as bigint) as once_minor,
    cast(coalesce(sum(tax_minor), 0) as bigint) as tax_minor
from deductions
group by customer_id, invoice_id, line_id
