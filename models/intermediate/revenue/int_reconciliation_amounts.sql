{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

{% set amounts = [
    'billed', 'contract', 'difference', 'once_discounts', 'uncollected', 'after_end',
    'while_paused', 'free_time', 'not_prorated', 'not_billed', 'unexplained',
] -%}
with explained as (
    select * from {{ touched(ref('int_reconciliation_reasons'), 'subscription_id') }}
),

subscriptions as (
    select * from {{ touched(ref('stg_stripe__subscriptions')) }}
),

exponents as (
    select * from {{ ref('currency_exponents') }}
)

select
    subscriptions.customer_id,
    subscriptions.currency,
    explained.subscription_id,
    explained.lines,
    explained.main_reason,
    {% for amount in amounts -%}
    {{ divide_exact('explained.' ~ amount, minor_units()) }} as {{ amount }},
    {% endfor -%}
    abs(explained.unexplained) <= explained.rounding as is_reconciled
from explained
inner join subscriptions on explained.subscription_id = subscriptions.subscription_id
left join exponents on subscriptions.currency = exponents.currency
