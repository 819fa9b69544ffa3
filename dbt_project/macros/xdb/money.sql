{# Money keeps eight decimals everywhere between the objects and the marts. #}
{% macro money_type() -%}
    decimal(28, 8)
{%- endmacro %}

{# numerator / denominator as money, rounded half away from zero at the eighth decimal; NULL for a zero denominator.
   Exact: engines that divide decimals as floating point (DuckDB) do it on integers here. #}
{% macro divide_exact(numerator, denominator) -%}
    {{ return(adapter.dispatch('divide_exact')(numerator, denominator)) }}
{%- endmacro %}

{% macro duckdb__divide_exact(numerator, denominator) -%}
    {%- set n = "cast(cast(" ~ numerator ~ " as decimal(28, 8)) * 100000000 as hugeint)" -%}
    {%- set d = "cast(cast(" ~ denominator ~ " as decimal(28, 8)) * 100000000 as hugeint)" -%}
    cast(
        cast(
            sign({{ n }}) * sign({{ d }}) * divide(
                abs({{ n }}) * 200000000 + abs({{ d }}), nullif(2 * abs({{ d }}), 0)
            ) as decimal(28, 0)
        ) * cast(0.00000001 as decimal(9, 8)) as decimal(28, 8)
    )
{%- endmacro %}

{# Spark rounds the quotient of decimals at a scale of its own choice first. `div` cuts off: a bigint, 92 billion at most. #}
{% macro spark__divide_exact(numerator, denominator) -%}
    {%- set n = "cast(cast(" ~ numerator ~ " as decimal(28, 8)) * 100000000 as decimal(28, 0))" -%}
    {%- set d = "cast(cast(" ~ denominator ~ " as decimal(28, 8)) * 100000000 as decimal(28, 0))" -%}
    cast(
        cast(
            sign({{ n }}) * sign({{ d }}) * (
                (cast(abs({{ n }}) * 200000000 as decimal(38, 0)) + abs({{ d }})) div nullif(2 * abs({{ d }}), 0)
            ) as decimal(28, 0)
        ) * cast(0.00000001 as decimal(9, 8)) as decimal(28, 8)
    )
{%- endmacro %}

{# A ratio of two sums with eight decimals; NULL where there is nothing to divide by. #}
{% macro money_ratio(numerator, denominator) -%}
    cast({{ divide_exact(numerator, denominator) }} as decimal(18, 8))
{%- endmacro %}
