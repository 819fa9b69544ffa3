{{ config(materialized='incremental', incremental_strategy='touched_months', unique_key='customer_id') }}

with moves as (
    select * from {{ touched_months(ref('int_customer_month_moves')) }}
),

rates as (
    select * from {{ ref('int_fx_rates') }}
),

year_ago as (
    select
        customer_id,
        currency,
        {{ add_months('month', 12) }} as month,
        closing_mrr as mrr_year_ago
    from {{ touched_months(ref('int_customer_month_moves'), later=12) }}
)

select
    moves.customer_id,
    moves.month,
    moves.currency,
    moves.movement,
    moves.paid_months,
    moves.amount,
    moves.opening_mrr,
    moves.closing_mrr,
    moves.opening_mrr_reporting,
    moves.closing_mrr_reporting,
    moves.amount_reporting,
    cast(moves.opening_mrr * rates.rate as {{ money_type() }}) as opening_mrr_constant,
    coalesce(year_ago.mrr_year_ago, 0) as mrr_year_ago,
    cast(coalesce(year_ago.mrr_year_ago, 0) * rates.rate as {{ money_type() }}) as mrr_year_ago_constant
from moves
left join rates
    on
        moves.currency = rates.currency
        and moves.month = rates.month
left join year_ago
    on
        moves.customer_id = year_ago.customer_id
        and moves.currency = year_ago.currency
        and moves.month = year_ago.month
