-- A row of seeds/benchmarks.csv for a metric, or for a segment of it, that no model int_benchmark_* says that it gives.
select
    metric,
    segment
from {{ ref('benchmarks') }}
where
    true
    {%- for metric, segment in measured_benchmarks() %}
    and not (metric = '{{ metric }}' and segment = '{{ segment }}')
    {%- endfor %}
