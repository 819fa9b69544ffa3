with attributes as (
    select * from {{ ref('int_customer_attributes') }}
)

select
    customer_id,
    'all' as dimension,
    'all' as dimension_value
from attributes
{% for dimension in ['segment', 'plan', 'acquisition_source', 'pricing_model'] %}
union all
select
    customer_id,
    '{{ dimension }}' as dimension,
    {{ dimension }} as dimension_value
from attributes
{% endfor %}
