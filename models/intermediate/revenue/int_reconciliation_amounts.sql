{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

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
    abs(explained.unexplained) <= explained.rounding as is_reconciled,
    {{ divide_exact('explained.billed', 'power(10, coalesce(exponents.exponent, 2))') }} as billed,
    {{ divide_exact('explained.contract', 'power(10, coalesce(exponents.exponent, 2))') }} as contract,
    {{ divide_exact('explained.difference', 'power(10, coalesce(exponents.exponent, 2))') }} as difference,
    {{ divide_exact('explained.once_discounts', 'power(10, coalesce(exponents.exponent, 2))') }} as once_discounts,
    {{ divide_exact('explained.uncollected', 'power(10, coalesce(exponents.exponent, 2))') }} as uncollected,
    {{ divide_exact('explained.after_end', 'power(10, coalesce(exponents.exponent, 2))') }} as after_end,
    {{ divide_exact('explained.while_paused', 'power(10, coalesce(exponents.exponent, 2))') }} as while_paused,
    {{ divide_exact('explained.free_time', 'power(10, coalesce(exponents.exponent, 2))') }} as free_time,
    {{ divide_exact('explained.not_prorated', 'power(10, coalesce(exponents.exponent, 2))') }} as not_prorated,
    {{ divide_exact('explained.not_billed', 'power(10, coalesce(exponents.exponent, 2))') }} as not_billed,
    {{ divide_exact('explained.unexplained', 'power(10, coalesce(exponents.exponent, 2))') }} as unexplained
from explained
inner join subscriptions on explained.subscription_id = subscriptions.subscription_id
left join exponents on subscriptions.currency = exponents.currency
