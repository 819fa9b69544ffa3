{{ config(materialized='incremental', incremental_strategy='rescored', unique_key='customer_id') }}
{%- set window = 28 -%}
with months as (
    select
        month,
        cast(date_trunc('day', cutoff_at) as timestamp) as until,
        {{ is_rescored_month() }} as is_rescored
    from {{ ref('int_health_months') }}
),

summaries as (
    select * from {{ ref('stg_stripe__meter_event_summaries') }}
    where usage_value is not null
),

read_months as (
    select * from {{ ref('int_usage_read_months') }}
),

metered as (
    select
        customer_id,
        meter_id,
        min(started_at) as first_used_at,
        {{ is_rescored() }} as is_rescored
    from summaries
    where usage_value > 0
    group by customer_id, meter_id
),

-- how many whole windows lie between the first use and the last window
compared as (
    select
        months.month,
        months.until,
        metered.customer_id,
        metered.meter_id,
        read_months.month is not null as is_read,
        least(
            3,
            cast(floor({{ days_between('metered.first_used_at', add_days('months.until', -window)) }} / {{ window }}) as integer)
        ) as windows
    from months
    inner join metered
        on months.until > metered.first_used_at and (months.is_rescored or metered.is_rescored)
    left join read_months on months.month = read_months.month
),

sums as (
    select
        compared.month,
        compared.customer_id,
        compared.meter_id,
        compared.is_read,
        compared.windows,
        sum(case when summaries.started_at >= {{ add_days('compared.until', -window) }} then summaries.usage_value else 0 end)
            as recent_usage,
        sum(case when summaries.started_at < {{ add_days('compared.until', -window) }} then summaries.usage_value else 0 end)
            as earlier_usage
    from compared
    left join summaries
        on
            compared.customer_id = summaries.customer_id
            and compared.meter_id = summaries.meter_id
            and compared.until > summaries.started_at
            and summaries.started_at >= {{ add_days('compared.until', '-' ~ window ~ ' * (1 + compared.windows)') }}
    group by compared.month, compared.customer_id, compared.meter_id, compared.is_read, compared.windows
),

-- units of meters cannot be added up: the one that fell most counts
falls as (
    select
        customer_id,
        month,
        bool_and(is_read) as is_read,
        max(
            case
                when is_read and windows >= 1 and earlier_usage > 0
                    then cast(1 - {{ ratio('recent_usage * windows', 'earlier_usage') }} as decimal(18, 6))
            end
        ) as usage_fall
    from sums
    group by customer_id, month
),

final as (
    select
        customer_id,
        month,
        usage_fall,
        {{ health_severity('usage_fall', 'health_usage_fall') }} as severity,
        case
            when not is_read then 'unknown: no usage of anybody was read for the last {{ window }} days'
            when usage_fall is null then 'unknown: too little usage before to compare with'
            when usage_fall > 0
                then 'metered usage fell by ' || cast(cast(round(100 * usage_fall) as integer) as {{ dbt.type_string() }}) || ' %'
            else 'metered usage did not fall'
        end as reason
    from falls
)

select * from final
