{%- set dimensions = {'all': "'all'", 'owner': 'owner_id', 'source': 'source', 'pipeline': 'pipeline_id'} -%}

with closed_deals as (
    select
        *,
        cast(date_trunc('month', closed_on) as date) as close_month
    from {{ ref('fct_deals') }}
    where outcome in ('won', 'lost')
),

by_dimension as (
    {%- for dimension, value in dimensions.items() %}
    select
        closed_deals.*,
        '{{ dimension }}' as dimension,
        coalesce({{ value }}, 'unknown') as dimension_value
    from closed_deals
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

totals as (
    select
        close_month,
        dimension,
        dimension_value,
        sum(case when outcome = 'won' then 1 else 0 end) as won,
        sum(case when outcome = 'lost' then 1 else 0 end) as lost,
        sum(case when outcome = 'won' then coalesce(amount_home, 0) else 0 end) as won_amount,
        sum(case when outcome = 'lost' then coalesce(amount_home, 0) else 0 end) as lost_amount,
        {{ percentile("case when outcome = 'won' then cast(cycle_days as double) end", 0.5) }} as cycle_p50_days,
        {{ percentile("case when outcome = 'won' then cast(cycle_days as double) end", 0.75) }} as cycle_p75_days,
        {{ percentile("case when outcome = 'won' then cast(cycle_days as double) end", 0.9) }} as cycle_p90_days
    from by_dimension
    group by close_month, dimension, dimension_value
),

final as (
    select
        close_month,
        dimension,
        dimension_value,
        cast(won as bigint) as won,
        cast(lost as bigint) as lost,
        cast(won_amount as decimal(18, 4)) as won_amount,
        cast(lost_amount as decimal(18, 4)) as lost_amount,
        {{ ratio('won', 'won + lost') }} as win_rate_count,
        {{ wilson_low('won', '(won + lost)') }} as win_rate_low,
        {{ wilson_high('won', '(won + lost)') }} as win_rate_high,
        {{ ratio('won_amount', 'won_amount + lost_amount') }} as win_rate_value,
        cast(cycle_p50_days as decimal(12, 2)) as cycle_p50_days,
        cast(cycle_p75_days as decimal(12, 2)) as cycle_p75_days,
        cast(cycle_p90_days as decimal(12, 2)) as cycle_p90_days
    from totals
)

select * from final
