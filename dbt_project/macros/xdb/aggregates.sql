{# Product of a group or, with `window` (its specification), of a window, as a double; NULL without rows. A dimensionless factor,
   never money. #}
{% macro product(expression, window=none) -%}
    {{ return(adapter.dispatch('product')(expression, window)) }}
{%- endmacro %}

{% macro duckdb__product(expression, window) -%}
    product({{ expression }}) {%- if window %} over ({{ window }}) {%- endif %}
{%- endmacro %}

{% macro spark__product(expression, window) -%}
    {%- set factors = 'collect_list(cast(' ~ expression ~ ' as double))' ~ (' over (' ~ window ~ ')' if window else '') -%}
    case
        when size({{ factors }}) > 0
            then aggregate({{ factors }}, cast(1 as double), (total, factor) -> total * factor)
    end
{%- endmacro %}

{# Continuous percentile of the numbers of a group, NULL without any: between the two nearest values by their distance, as a decimal
   with eight places. Not the engines' own, which reckon in floating point: the last bit would decide how a half is rounded. #}
{% macro percentile(expression, fraction) -%}
    {%- set position = 'cast(' ~ fraction ~ ' * (count(' ~ expression ~ ') - 1) as decimal(18, 4))' -%}
    {%- set low = nth_smallest(expression, 'floor(' ~ position ~ ')') -%}
    {%- set high = nth_smallest(expression, 'ceil(' ~ position ~ ')') -%}
    cast(
        {{ low }} + ({{ high }} - {{ low }}) * cast({{ position }} - floor({{ position }}) as decimal(5, 4)) as {{ money_type() }}
    )
{%- endmacro %}

{# The number of a group that so many are smaller than, as a decimal; NULL if there are not so many. #}
{% macro nth_smallest(expression, number) -%}
    {{ return(adapter.dispatch('nth_smallest')('cast(' ~ expression ~ ' as ' ~ money_type() ~ ')', number)) }}
{%- endmacro %}

{% macro duckdb__nth_smallest(expression, number) -%}
    list_sort(list({{ expression }}) filter (where {{ expression }} is not null))[cast({{ number }} as bigint) + 1]
{%- endmacro %}

{% macro spark__nth_smallest(expression, number) -%}
    get(array_sort(collect_list({{ expression }})), cast({{ number }} as integer))
{%- endmacro %}

{# The texts of a group in alphabetical order, each once, with a comma between them. #}
{% macro joined_texts(expression) -%}
    {{ return(adapter.dispatch('joined_texts')(expression)) }}
{%- endmacro %}

{% macro duckdb__joined_texts(expression) -%}
    string_agg(distinct {{ expression }}, ', ' order by {{ expression }})
{%- endmacro %}

{% macro spark__joined_texts(expression) -%}
    nullif(array_join(array_sort(collect_set({{ expression }})), ', '), '')
{%- endmacro %}

{# A digest of the texts of a group that does not depend on their order: the sum of half of every text's MD5, as text. #}
{% macro digest(expression) -%}
    {{ return(adapter.dispatch('digest')(expression)) }}
{%- endmacro %}

{% macro duckdb__digest(expression) -%}
    cast(sum(md5_number_lower({{ expression }})) as varchar)
{%- endmacro %}

{% macro spark__digest(expression) -%}
    cast(sum({{ spark__md5_number_lower(expression) }}) as string)
{%- endmacro %}

{# A number from 0 to 9,999,990 that a text always has, and others hardly ever have too. #}
{% macro text_weight(expression) -%}
    {{ return(adapter.dispatch('text_weight')(expression)) }}
{%- endmacro %}

{% macro duckdb__text_weight(expression) -%}
    cast(md5_number_lower({{ expression }}) % 9999991 as decimal(7, 0))
{%- endmacro %}

{% macro spark__text_weight(expression) -%}
    cast({{ spark__md5_number_lower(expression) }} % 9999991 as decimal(7, 0))
{%- endmacro %}

{# DuckDB's md5_number_lower: the last eight bytes of the MD5, the last one weighing most, as a decimal. #}
{% macro spark__md5_number_lower(expression) -%}
    cast(conv(concat(
        {%- for start in range(31, 15, -2) %}substring(md5({{ expression }}), {{ start }}, 2){{ ', ' if not loop.last }}{% endfor -%}
    ), 16, 10) as decimal(20, 0))
{%- endmacro %}
