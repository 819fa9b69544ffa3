with states as (
    select * from {{ ref('int_subscription_states') }}
),

state_items as (
    select * from {{ ref('int_subscription_state_items') }}
),

invoices as (
    select * from {{ ref('stg_stripe__invoices') }}
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
    from {{ ref('int_item_lines') }} as item_lines
    inner join {{ ref('stg_stripe__invoice_lines') }} as invoice_lines
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

in_states as (
    select
        subscription_id,
        source_id,
        observed_at as seen_at,
        is_current,
        {{ explode_with_position('discounts_json', 'list_position', 'discount_json') }}
    from states
    union all
    select
        subscription_id,
        source_id,
        observed_at as seen_at,
        is_current,
        0 as list_position,
        discount_json
    from states
    where discount_json is not null
    union all
    select
        subscription_id,
        source_id,
        observed_at as seen_at,
        is_current,
        {{ explode_with_position('discounts_json', 'list_position', 'discount_json') }}
    from state_items
),

on_invoices as (
    select
        invoice_id,
        subscription_id,
        {{ explode_with_position('discounts_json', 'list_position', 'discount_json') }}
    from invoices
    union all
    select
        invoice_id,
        subscription_id,
        0 as list_position,
        discount_json
    from invoices
    where discount_json is not null
    union all
    select
        invoice_id,
        subscription_id,
        {{ explode_with_position('discounts_json', 'list_position', 'discount_json') }}
    from charging_lines
),

on_line_amounts as (
    select
        invoice_id,
        subscription_id,
        {{ explode_with_position('discount_amounts', 'list_position', 'discount_amount') }}
    from charging_lines
),

from_states as (
    select
        subscription_id,
        source_id,
        seen_at,
        is_current,
        list_position,
        {{ id_of('discount_json') }} as discount_id
    from in_states
    union all
    select
        subscription_id,
        source_id,
        observed_at as seen_at,
        is_current,
        null as list_position,
        null as discount_id
    from states
),

from_invoices as (
    select
        invoice_id,
        list_position,
        {{ id_of('discount_json') }} as discount_id
    from on_invoices
    union all
    select
        invoice_id,
        list_position,
        {{ id_of('discount_amount.discount') }} as discount_id
    from on_line_amounts
    union all
    select
        invoice_id,
        null as list_position,
        null as discount_id
    from (select distinct invoice_id from charged_at) as charged_invoices
)

select
    subscription_id,
    cast(null as varchar) as subscription_item_id,
    'state' as look,
    source_id,
    seen_at,
    is_current,
    list_position,
    discount_id
from from_states
union all
select
    charged_at.subscription_id,
    charged_at.subscription_item_id,
    'bill' as look,
    charged_at.invoice_id as source_id,
    charged_at.seen_at,
    false as is_current,
    from_invoices.list_position,
    from_invoices.discount_id
from charged_at
inner join from_invoices on charged_at.invoice_id = from_invoices.invoice_id
