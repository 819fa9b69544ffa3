{# Product of a group or window. A dimensionless factor, never money. #}
{% macro product(expression) -%}
    {{ return(adapter.dispatch('product')(expression)) }}
{%- endmacro %}

{% macro duckdb__product(expression) -%}
    product({{ expression }})
{%- endmacro %}

{# Continuous percentile of an expression within a group. #}
{% macro percentile(expression, fraction) -%}
    {{ return(adapter.dispatch('percentile')(expression, fraction)) }}
{%- endmacro %}

{% macro duckdb__percentile(expression, fraction) -%}
    quantile_cont({{ expression }}, {{ fraction }})
{%- endmacro %}
