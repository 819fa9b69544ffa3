{#- CRM values are text: counts the values that were there but were not of the type that staging gives them.
    A warning, since one rep's typing error must not stop the revenue tables. -#}
{% test no_failed_casts(model, column_name) %}

{{ config(severity='warn') }}

select {{ column_name }}
from {{ model }}
where {{ column_name }} > 0

{% endtest %}
