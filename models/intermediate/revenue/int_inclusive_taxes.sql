{#- The list of a line's taxes, and that of older API versions, with what says that one is inclusive. -#}
{%- set lists = {'taxes': "tax.tax_behavior = 'inclusive'", 'tax_amounts': "tax.inclusive = 'true'"} -%}
{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with
{%- for list in lists %}
{{ list }} as (
    select
        subscription_id,
        subscription_item_id,
        invoice_id,
        line_id,
        '{{ list }}' as list,
        {{ explode_with_position(list, 'list_position', 'tax') }}
    from {{ touched(ref('stg_stripe__invoice_lines')) }}
    where {{ is_charge_of_item() }}
){{ ',' if not loop.last }}
{% endfor %}
{%- for list, is_inclusive in lists.items() %}
select
    subscription_id,
    subscription_item_id,
    invoice_id,
    line_id,
    list,
    list_position,
    {{ try_bigint('tax.amount') }} as tax_minor
from {{ list }}
where {{ is_inclusive }}
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
