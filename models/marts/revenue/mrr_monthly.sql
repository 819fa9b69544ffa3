{{ config(materialized='incremental', incremental_strategy='touched_months', unique_key='customer_id', on_schema_change='fail') }}

with item_months as (
    select * from {{ touched_months(ref('int_item_months')) }}
),

usage_months as (
    select
        customer_id,
        currency,
        month,
        sum(usage_mrr) as usage_mrr
    from {{ touched_months(ref('int_usage_months')) }}
    group by 1, 2, 3
),

subscriptions as (
    select * from {{ ref('stg_stripe__subscriptions') }}
),

months as (
    select
        *,
        {{ is_changed_month() }} as is_changed
    from {{ ref('int_close_months') }}
),

rates as (
    select * from {{ ref('int_fx_rates') }}
),

first_months as (
    select
        customer_id,
        currency,
        min({{ month_start('started_at') }}) as first_month,
        {{ is_touched() }} as is_touched
    from subscriptions
    where started_at <= {{ as_of() }}
    group by 1, 2
),

customer_months as (
    select
        first_months.customer_id,
        first_months.currency,
        months.month,
        months.is_closed
    from first_months
    inner join months
        on
            first_months.first_month <= months.month
            and (first_months.is_touched or months.is_changed)
),

month_end as (
    select
        customer_id,
        currency,
        month,
        sum(mrr) as mrr,
        sum(list_mrr) as list_mrr,
        sum(trial_mrr) as trial_mrr,
        sum(committed_mrr) as committed_mrr,
        sum(at_risk_mrr) as at_risk_mrr
    from item_months
    group by 1, 2, 3
)

select
    customer_months.customer_id,
    customer_months.month,
    customer_months.currency,
    cast(coalesce(month_end.mrr, 0) as {{ money_type() }}) as mrr,
    cast(coalesce(month_end.mrr, 0) * rates.rate as {{ money_type() }}) as mrr_reporting,
    cast(coalesce(month_end.list_mrr, 0) as {{ money_type() }}) as list_mrr,
    cast(coalesce(month_end.trial_mrr, 0) as {{ money_type() }}) as trial_mrr,
    cast(coalesce(usage_months.usage_mrr, 0) as {{ money_type() }}) as usage_mrr,
    cast(coalesce(month_end.committed_mrr, 0) as {{ money_type() }}) as committed_mrr,
    cast(coalesce(month_end.at_risk_mrr, 0) as {{ money_type() }}) as at_risk_mrr,
    customer_months.is_closed
from customer_months
left join month_end
    on
        customer_months.customer_id = month_end.customer_id
        and customer_months.currency = month_end.currency
        and customer_months.month = month_end.month
left join usage_months
    on
        customer_months.customer_id = usage_months.customer_id
        and customer_months.currency = usage_months.currency
        and customer_months.month = usage_months.month
left join rates
    on
        customer_months.currency = rates.currency
        and customer_months.month = rates.month
