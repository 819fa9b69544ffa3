with benchmarks as (
    select * from {{ ref('benchmarks') }}
),

closed_months as (
    select * from {{ ref('int_benchmark_months') }}
),

final as (
    select
        benchmarks.metric,
        benchmarks.segment,
        benchmarks.window_months,
        closed_months.month,
        {{ add_months('closed_months.month', '1 - benchmarks.window_months') }} as window_start
    from benchmarks
    cross join closed_months
)

select * from final
