{#- A metric that is computed has a row for every closed month; a metric of the seed without any row waits for its source. -#}
{%- set subjects = [
    'int_benchmark_rates',
    'int_benchmark_sales_cycle',
    'int_benchmark_churn',
    'int_benchmark_retention',
    'int_benchmark_growth',
    'int_benchmark_acv',
    'int_benchmark_product',
    'int_benchmark_unit_economics',
    'int_benchmark_email',
    'int_benchmark_nps',
] -%}

{%- for subject in subjects %}
select
    metric,
    segment,
    month,
    cast(value as decimal(18, 6)) as value,
    n,
    cast(value_low as decimal(18, 6)) as value_low,
    cast(value_high as decimal(18, 6)) as value_high,
    missing_reason
from {{ ref(subject) }}
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
