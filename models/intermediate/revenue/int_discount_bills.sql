{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with invoices as (
    select * from {{ touched(ref('stg_stripe__invoices')) }}
),

-- regular lines that charge something: a trial's or a free month's line carries no discount and proves nothing
charging_lines as (
    select
        item_lines.invoice_id,
        item_lines.subscription_id,
        item_lines.subscription_item_id,
        item_lines.period_started_at,
        invoice_lines.discounts_json,
        invoice_lines.discount_amounts
    from {{ touched(ref('int_item_lines'), 'subscription_id') }} as item_lines
    inner join {{ touched(ref('stg_stripe__invoice_lines')) }} as invoice_lines
        on
            item_lines.invoice_id = invoice_lines.invoice_id
            and item_lines.line_id = invoice_lines.line_id
    where not item_lines.is_proration and item_lines.amount_minor > 0
),

charged_at as (
    select
        invoice_id,
        subscription_id,
        subscription_item_id,
        min(period_started_at) as seen_at
    from charging_lines
    group by 1, 2, 3
),

listed as (
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
    union all
    select
        invoice_id,
        {{ explode_with_position('discounts_json', 'list_position', 'discount_json') }}
    from charging_lines
),

taken_off as (
    select
        invoice_id,
        {{ explode_with_position('discount_amounts', 'list_position', 'discount_amount') }}
    from charging_lines
),

carried as (
    select
        invoice_id,
        list_position,
        {{ id_of('discount_json') }} as discount_id
    from listed
    union all
    select
        invoice_id,
        list_position,
        {{ id_of('discount_amount.discount') }} as discount_id
    from taken_off
    union all
    select
        invoice_id,
        null as list_position,
        null as discount_id
    from (select distinct invoice_id from charged_at) as charged_invoices
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
