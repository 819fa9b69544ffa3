{{ config(materialized='incremental', incremental_strategy='objects', unique_key='summary_id') }}

with summaries as (
    select * from {{ current_versions(source('raw_stripe', 'meter_event_summaries')) }}
),

parsed as (
    select
        id,
        extracted_at,
        {{ json_struct('payload', {
            "customer": "VARCHAR", "meter": "VARCHAR", "start_time": "VARCHAR", "end_time": "VARCHAR",
            "aggregated_value": "VARCHAR",
        }) }} as summary
    from summaries
)

select
    id as summary_id,
    {{ id_of('summary.customer') }} as customer_id,
    {{ id_of('summary.meter') }} as meter_id,
    {{ epoch_to_timestamp('summary.start_time') }} as started_at,
    {{ epoch_to_timestamp('summary.end_time') }} as ended_at,
    try_cast(summary.aggregated_value as decimal(28, 8)) as usage_value,
    extracted_at
from parsed
