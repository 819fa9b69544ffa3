{{ config(materialized='incremental', incremental_strategy='append', full_refresh=false, on_schema_change='fail') }}

with state as (
    select * from {{ ref('int_close_state') }}
),

closes as (
    select max(month) as closed_through from {{ ref('mrr_close') }}
),

restatements as (
    select count(*) as restatements from {{ ref('mrr_restatements') }}
),

objects as (
    select max(arrived_at) as inputs_until from {{ ref('int_close_objects') }}
),

{% if is_incremental() -%}
earlier as (
    select * from {{ this }}
    where run_number = (select max(run_number) from {{ this }})
),

{% endif -%}
this_run as (
    select
        {{ 'coalesce((select run_number from earlier), 0) + 1' if is_incremental() else '1' }} as run_number,
        {{ as_of() }} as judged_at,
        objects.inputs_until,
        '{{ rule_version() }}' as rule_version,
        '{{ reporting_currency() }}' as reporting_currency,
        closes.closed_through,
        restatements.restatements
    from state
    cross join closes
    cross join restatements
    cross join objects
    where not state.is_looking_back and closes.closed_through is not null
)

select
    cast(this_run.run_number as bigint) as run_number,
    this_run.judged_at,
    this_run.inputs_until,
    this_run.rule_version,
    this_run.reporting_currency,
    this_run.closed_through,
    this_run.restatements
from this_run
{% if is_incremental() -%}
-- a run that knows nothing new leaves no trace
left join earlier
    on
        this_run.judged_at = earlier.judged_at
        and this_run.inputs_until = earlier.inputs_until
        and this_run.rule_version = earlier.rule_version
        and this_run.reporting_currency = earlier.reporting_currency
        and this_run.closed_through = earlier.closed_through
        and this_run.restatements = earlier.restatements
where earlier.run_number is null
{%- endif %}
