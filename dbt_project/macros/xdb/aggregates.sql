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

{# The texts of a group in alphabetical order, each once, with a comma between them. #}
{% macro joined_texts(expression) -%}
    {{ return(adapter.dispatch('joined_texts')(expression)) }}
{%- endmacro %}

{% macro duckdb__joined_texts(expression) -%}
    string_agg(distinct {{ expression }}, ', ' order by {{ expression }})
{%- endmacro %}

{# A digest of the texts of a group that does not depend on their order: the sum of half of every text's MD5, as text. #}
{% macro digest(expression) -%}
    {{ return(adapter.dispatch('digest')(expression)) }}
{%- endmacro %}

{% macro duckdb__digest(expression) -%}
    cast(sum(md5_number_lower({{ expression }})) as varchar)
{%- endmacro %}

{# A number from 0 to 9,999,990 that a text always has, and others hardly ever have too. #}
{% macro text_weight(expression) -%}
    {{ return(adapter.dispatch('text_weight')(expression)) }}
{%- endmacro %}

{% macro duckdb__text_weight(expression) -%}
    cast(md5_number_lower({{ expression }}) % 9999991 as decimal(7, 0))
{%- endmacro %}
