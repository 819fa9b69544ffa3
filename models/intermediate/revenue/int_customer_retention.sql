{{ config(materialized='incremental', incremental_strategy='touched_months', unique_key='customer_id') }}

with moves as (
    select * from {{ touched_months(ref('int_customer_month_moves')) }}
),

rates as (
    select * from {{ ref('int_fx_rates') }}
),

{{ converted_moves(touched_months(ref('mrr_monthly'), later=[0, 1]), 'customer_id') }},

year_ago as (
    select
        customer_id,
        currency,
        {{ add_months('month', 12) }} as month,
        closing_mrr as mrr_year_ago
    from {{ touched_months(ref('int_customer_month_moves'), later=[12]) }}
)

select
    converted.customer_id,
    converted.month,
    converted.currency,
    converted.movement,
    converted.paid_months,
    converted.amount,
    converted.opening_mrr,
    converted.closing_mrr,
    converted.opening_mrr_reporting,
    converted.closing_mrr_reporting,
    converted.amount_reporting,
    cast(converted.opening_mrr * converted.rate as {{ money_type() }}) as opening_mrr_constant,
    coalesce(year_ago.mrr_year_ago, 0) as mrr_year_ago,
    cast(coalesce(year_ago.mrr_year_ago, 0) * converted.rate as {{ money_type() }}) as mrr_year_ago_constant
from converted
left join year_ago
    on
        converted.customer_id = year_ago.customer_id
        and converted.currency = year_ago.currency
        and converted.month = year_ago.month
