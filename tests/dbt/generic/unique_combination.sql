{#- Grain test: no two rows of the model share the same values in `combination_of`.
    Nulls compare equal here (group by), so a nullable key column cannot hide a duplicate. -#}
{% test unique_combination(model, combination_of) %}

select
    {{ combination_of | join(',\n    ') }},
    count(*) as row_count
from {{ model }}
group by
    {{ combination_of | join(',\n    ') }}
having count(*) > 1

{% endtest %}
