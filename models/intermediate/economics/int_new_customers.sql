with customers as (
    select * from {{ ref('dim_customers') }}
    where first_paid_at <= {{ as_of() }}
)

{% for dimension, value in {'all': "'all'", 'source': 'acquisition_source', 'segment': 'segment'}.items() -%}
select
    {{ month_start('first_paid_at') }} as month,
    '{{ dimension }}' as dimension,
    {{ value }} as dimension_value,
    count(*) as new_customers
from customers
group by 1, 2, 3
{{ 'union all' if not loop.last }}
{% endfor %}
