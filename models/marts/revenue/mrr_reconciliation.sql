with explained as (
    select * from {{ ref('int_reconciliation_reasons') }}
),

subscriptions as (
    select * from {{ ref('stg_stripe__subscriptions') }}
),

rates as (
    select * from {{ ref('int_fx_rates') }}
),

exponents as (
    select * from {{ ref('currency_exponents') }}
),

valued as (
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
)

select
    valued.customer_id,
    valued.subscription_id,
    valued.currency,
    cast({{ add_months(month_start(as_of()), -var('reconciliation_months')) }} as date) as first_month,
    cast({{ add_months(month_start(as_of()), -1) }} as date) as last_month,
    cast(valued.lines as bigint) as lines,
    valued.billed,
    valued.contract,
    valued.difference,
    valued.once_discounts,
    valued.uncollected,
    valued.after_end,
    valued.while_paused,
    valued.free_time,
    valued.not_prorated,
    valued.not_billed,
    valued.unexplained,
    cast(valued.contract * rates.rate as {{ money_type() }}) as contract_reporting,
    cast(valued.difference * rates.rate as {{ money_type() }}) as difference_reporting,
    cast(valued.unexplained * rates.rate as {{ money_type() }}) as unexplained_reporting,
    valued.is_reconciled,
    valued.main_reason
from valued
left join rates
    on
        valued.currency = rates.currency
        and rates.month = {{ add_months(month_start(as_of()), -1) }}
