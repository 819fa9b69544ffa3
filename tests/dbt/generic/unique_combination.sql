{#- Grain test: no two rows of the model share the same values in `combination_of`, and no row lacks one of `not_null`. One
    test says both, since a test costs dbt more than the reading does.
    Nulls compare equal here (group by), so a nullable key column cannot hide a duplicate. -#}
{% test unique_combination(model, combination_of, not_null=[]) %}
{%- set null_column -%}
max(case {% for column in not_null %}when {{ column }} is null then '{{ column }}' {% endfor %}end)
{%- endset %}

select
    {{ combination_of | join(',\n    ') }},
    {%- if not_null %}
    {{ null_column }} as null_column,
    {%- endif %}
    count(*) as row_count
from {{ model }}
group by
    {{ combination_of | join(',\n    ') }}
having count(*) > 1 {%- if not_null %} or {{ null_column }} is not null {%- endif %}

{% endtest %}
