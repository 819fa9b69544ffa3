with expected as (
    select
        benchmarks.metric,
        benchmarks.segment,
        closed_months.month
    from {{ ref('benchmarks') }} as benchmarks
    cross join {{ ref('int_benchmark_months') }} as closed_months
)

select
    expected.metric,
    expected.segment,
    expected.month
from expected
left join {{ ref('benchmark_results') }} as results
    on
        expected.metric = results.metric
        and expected.segment = results.segment
        and expected.month = results.month
where results.metric is null
