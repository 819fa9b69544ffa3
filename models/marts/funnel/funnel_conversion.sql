{%- set dimensions = {'all': "'all'", 'segment': 'segment', 'source': 'source', 'owner': 'owner'} -%}

with conversions as (
    select * from {{ ref('int_cohort_conversions') }}
),

by_dimension as (
    {%- for dimension, value in dimensions.items() %}
    select
        conversions.*,
        '{{ dimension }}' as dimension,
        {{ value }} as dimension_value
    from conversions
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

cohorts as (
    select
        cohort_month,
        from_stage,
        to_stage,
        dimension,
        dimension_value,
        window_days,
        is_mature,
        count(*) as entered,
        count(converted_at) as converted,
        {{ percentile('days_to_convert', 0.5) }} as median_days,
        {{ percentile('days_to_convert', 0.9) }} as p90_days
    from by_dimension
    group by cohort_month, from_stage, to_stage, dimension, dimension_value, window_days, is_mature
),

final as (
    select
        cohort_month,
        from_stage,
        to_stage,
        dimension,
        dimension_value,
        cast(entered as bigint) as entered,
        cast(converted as bigint) as converted,
        {{ ratio('converted', 'entered') }} as conversion_rate,
        {{ wilson_low('converted', 'entered') }} as rate_low,
        {{ wilson_high('converted', 'entered') }} as rate_high,
        window_days,
        is_mature,
        cast(median_days as decimal(12, 2)) as median_days,
        cast(p90_days as decimal(12, 2)) as p90_days
    from cohorts
)

select * from final
