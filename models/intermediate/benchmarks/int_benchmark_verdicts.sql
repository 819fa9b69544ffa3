with benchmarks as (
    select * from {{ ref('benchmarks') }}
),

closed_months as (
    select * from {{ ref('int_benchmark_months') }}
),

metric_values as (
    select * from {{ ref('int_benchmark_values') }}
),

joined as (
    select
        benchmarks.*,
        closed_months.month,
        metric_values.value,
        metric_values.n,
        metric_values.value_low,
        metric_values.value_high,
        case
            when metric_values.metric is null then 'source absent: connect ' || benchmarks.requires
            when metric_values.missing_reason is not null then metric_values.missing_reason
            when metric_values.value is null then 'no data'
            when metric_values.n < benchmarks.min_n
                then
                    'n too small: ' || cast(metric_values.n as {{ dbt.type_string() }})
                    || ' of at least ' || cast(benchmarks.min_n as {{ dbt.type_string() }})
            when
                length(benchmarks.unit) = 3 -- a currency's code; no other unit has three letters
                and benchmarks.unit != '{{ reporting_currency() }}'
                then 'range is in ' || benchmarks.unit || ': restate it in {{ reporting_currency() }} in benchmarks.csv'
        end as missing_reason
    from benchmarks
    cross join closed_months
    left join metric_values
        on
            benchmarks.metric = metric_values.metric
            and benchmarks.segment = metric_values.segment
            and closed_months.month = metric_values.month
),

-- A value without an interval was counted on everybody: it is its own interval.
compared as (
    select
        *,
        direction in ('at_least', 'between') and value < low as is_below,
        direction in ('at_most', 'between') and value > high as is_above,
        coalesce(value_high, value) < low as is_surely_below,
        coalesce(value_low, value) > high as is_surely_above
    from joined
),

final as (
    select
        metric,
        segment,
        month,
        value,
        n,
        value_low,
        value_high,
        low,
        high,
        direction,
        unit,
        severity,
        min_n,
        window_months,
        requires,
        source,
        what_to_do,
        case
            when missing_reason is not null then 'not_computable'
            when (is_below and is_surely_below) or (is_above and is_surely_above) then 'fail'
            when is_below or is_above then 'warn'
            else 'pass'
        end as status,
        case
            when missing_reason is not null then missing_reason
            when is_below and is_surely_below then 'below the healthy range'
            when is_above and is_surely_above then 'above the healthy range'
            when is_below then 'below the healthy range, but the interval reaches into it'
            when is_above then 'above the healthy range, but the interval reaches into it'
            when value > high then 'above the healthy range, on its good side'
            when value < low then 'below the healthy range, on its good side'
        end as reason
    from compared
)

select * from final
