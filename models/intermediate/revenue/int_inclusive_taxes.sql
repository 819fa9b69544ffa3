{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with taxes as (
    select
        subscription_id,
        subscription_item_id,
        invoice_id,
        line_id,
        'taxes' as list,
        {{ explode_with_position('taxes', 'list_position', 'tax') }}
    from {{ touched(ref('stg_stripe__invoice_lines')) }}
    where {{ is_charge_of_item() }}
),

older_taxes as (
    select
        subscription_id,
        subscription_item_id,
        invoice_id,
        line_id,
        'tax_amounts' as list,
        {{ explode_with_position('tax_amounts', 'list_position', 'tax') }}
    from {{ touched(ref('stg_stripe__invoice_lines')) }}
    where {{ is_charge_of_item() }}
)

select
    subscription_id,
    subscription_item_id,
    invoice_id,
    line_id,
    list,
    list_position,
    {{ try_bigint('tax.amount') }} as tax_minor
from taxes
where tax.tax_behavior = 'inclusive'
union all
select
    subscription_id,
    subscription_item_id,
    invoice_id,
    line_id,
    list,
    list_position,
    {{ try_bigint('tax.amount') }} as tax_minor
from older_taxes
where tax.inclusive = 'true'
