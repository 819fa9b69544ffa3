{%- set window = 28 -%}
with months as (
    select
        month,
        cast(date_trunc('day', cutoff_at) as timestamp) as until
    from {{ ref('int_health_months') }}
),

summaries as (
    select * from {{ ref('stg_stripe__meter_event_summaries') }}
    where usage_value is not null
),

-- where nobody's usage is known any more, the source has dried up, and nobody's usage has fallen
final as (
    select distinct months.month
    from months
    inner join summaries
        on
            months.until > summaries.started_at
            and summaries.started_at >= {{ add_days('months.until', -window) }}
)

select * from final
