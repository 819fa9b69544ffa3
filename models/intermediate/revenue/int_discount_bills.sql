{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

-- regular lines that charge something: a trial's or a free month's line carries no discount and proves nothing
{% set is_charge = 'not is_proration and amount_minor > 0' -%}
with invoices as (
    select * from {{ touched(ref('stg_stripe__invoices')) }}
),

charged_at as (
    select
        invoice_id,
        subscription_id,
        subscription_item_id,
        min(period_started_at) as seen_at
    from {{ touched(ref('int_item_lines'), 'subscription_id') }}
    where {{ is_charge }}
    group by 1, 2, 3
),

invoice_lists as (
    select
        invoice_id,
        {{ explode_with_position('discounts_json', 'list_position', 'discount_json') }}
    from invoices
    union all
    select
        invoice_id,
        0 as list_position,
        discount_json
    from invoices
    where discount_json is not null
),

line_lists as (
    select
        invoice_id,
        line_id,
        {{ explode_with_position('discounts_json', 'list_position', 'discount_json') }}
    from {{ touched(ref('stg_stripe__invoice_lines')) }}
),

taken_off as (
    select
        invoice_id,
        line_id,
        {{ explode_with_position('discount_amounts', 'list_position', 'discount_amount') }}
    from {{ touched(ref('stg_stripe__invoice_lines')) }}
),

on_lines as (
    select
        invoice_id,
        line_id,
        list_position,
        {{ id_of('discount_json') }} as discount_id
    from line_lists
    union all
    select
        invoice_id,
        line_id,
        list_position,
        {{ id_of('discount_amount.discount') }} as discount_id
    from taken_off
),

carried as (
    select
        invoice_id,
        list_position,
        {{ id_of('discount_json') }} as discount_id
    from invoice_lists
    union all
    select
        on_lines.invoice_id,
        on_lines.list_position,
        on_lines.discount_id
    from on_lines
    inner join {{ touched(ref('int_item_lines'), 'subscription_id') }} as charging_lines
        on
            on_lines.invoice_id = charging_lines.invoice_id
            and on_lines.line_id = charging_lines.line_id
    where {{ is_charge }}
    union all
    select distinct
        invoice_id,
        null as list_position,
        null as discount_id
    from charged_at
)

select
    charged_at.subscription_id,
    charged_at.subscription_item_id,
    charged_at.invoice_id,
    charged_at.seen_at,
    carried.list_position,
    carried.discount_id
from charged_at
inner join carried on charged_at.invoice_id = carried.invoice_id
