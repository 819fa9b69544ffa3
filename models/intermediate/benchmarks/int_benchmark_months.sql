{#- The closed months that benchmarks speak about: the last ones before the month of as_of. -#}
{%- set this_month = month_start(as_of()) -%}

select month
from {{ months_between(
    add_months(this_month, -var('benchmark_months', 12)),
    add_months(this_month, -1)
) }} as closed_months
