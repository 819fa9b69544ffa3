{{ config(materialized='incremental', incremental_strategy='append', full_refresh=false, on_schema_change='fail') }}

-- Insert-only: a month is written once, when it closes. What is found out later goes to mrr_restatements.
with standing as (
    select max(month) as closed_through from {{ left_by_last_run('marts', 'mrr_close', {'month': 'date'}) }} as closes
),

-- what already stands is left out here too: this model may be run alone, again
closing as (
    select months.month
    from {{ ref('int_close_months') }} as months
    cross join standing
    where months.is_closing and (standing.closed_through is null or months.month > standing.closed_through)
),

figures as (
    select mrr_monthly.*
    from {{ ref('mrr_monthly') }} as mrr_monthly
    inner join closing on mrr_monthly.month = closing.month
),

rates as (
    select * from {{ ref('int_fx_rates') }}
),

objects as (
    select * from {{ ref('int_close_objects') }} as objects
    where objects.customer_id in (select figures.customer_id from figures)
),

inputs as (
    select
        customer_id,
        {{ digest("object_id || '@' || cast(arrived_at as " ~ dbt.type_string() ~ ")") }} as input_hash
    from objects
    group by customer_id
),

newest as (
    select max(arrived_at) as inputs_until from {{ ref('int_close_objects') }}
)

select
    figures.month,
    figures.customer_id,
    figures.currency,
    figures.mrr,
    figures.mrr_reporting,
    figures.list_mrr,
    cast(rates.rate as {{ money_type() }}) as exchange_rate,
    '{{ reporting_currency() }}' as reporting_currency,
    {{ as_of() }} as closed_at,
    '{{ rule_version() }}' as rule_version,
    cast(inputs.input_hash as {{ dbt.type_string() }}) as input_hash,
    cast(newest.inputs_until as timestamp) as inputs_until
from figures
cross join newest
left join rates
    on
        figures.currency = rates.currency
        and figures.month = rates.month
left join inputs on figures.customer_id = inputs.customer_id
