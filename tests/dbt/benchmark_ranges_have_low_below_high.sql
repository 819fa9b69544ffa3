-- A row of seeds/benchmarks.csv whose low end lies above its high end, or that has no end where its direction needs one.
select
    metric,
    segment,
    low,
    high,
    direction
from {{ ref('benchmarks') }}
where
    low > high
    or (direction in ('at_least', 'between') and low is null)
    or (direction in ('at_most', 'between') and high is null)
