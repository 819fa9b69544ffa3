{# Text to a whole number, halves away from zero; NULL where it is no number. #}
{% macro try_bigint(column) -%}
    {{ return(adapter.dispatch('try_bigint')(column)) }}
{%- endmacro %}

{% macro duckdb__try_bigint(column) -%}
    try_cast({{ column }} as bigint)
{%- endmacro %}

{# Spark's own cast takes no "12.0". #}
{% macro spark__try_bigint(column) -%}
    cast(round(try_cast({{ column }} as decimal(38, 6)), 0) as bigint)
{%- endmacro %}
