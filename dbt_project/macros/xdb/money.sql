{# Money keeps eight decimals everywhere between the objects and the marts. #}
{% macro money_type() -%}
    decimal(28, 8)
{%- endmacro %}

{# Exchange rates keep twelve decimals: a rupiah is worth 0.0000611714 dollars, of which eight decimals would leave four digits. #}
{% macro rate_type() -%}
    decimal(28, 12)
{%- endmacro %}

{# How many of the smallest unit of a currency are one of it: a hundred, where `currency_exponents` says nothing else. #}
{% macro minor_units(exponents='exponents') -%}
    cast(power(10, coalesce({{ exponents }}.exponent, 2)) as decimal(18, 0))
{%- endmacro %}

{# numerator / denominator as an exchange rate, to the twelfth decimal; both may have twelve. #}
{% macro rate_ratio(numerator, denominator) -%}
    {%- set n = 'cast(' ~ numerator ~ ' as ' ~ rate_type() ~ ') * cast(100000000 as decimal(9, 0))' -%}
    {%- set d = 'cast(' ~ denominator ~ ' as ' ~ rate_type() ~ ') * cast(10000 as decimal(5, 0))' -%}
    cast({{ divide_exact(n, d) }} * cast(0.0001 as decimal(5, 4)) as {{ rate_type() }})
{%- endmacro %}

{# numerator / denominator as money, rounded half away from zero at the eighth decimal; NULL for a zero denominator. The numerator
   may be a product of two amounts: up to 30 digits before the point. Exact: engines that divide decimals as floating point (DuckDB)
   do it on integers here, first for the whole part, then for what it leaves. #}
{% macro divide_exact(numerator, denominator) -%}
    {{ return(adapter.dispatch('divide_exact')(numerator, denominator)) }}
{%- endmacro %}

{% macro duckdb__divide_exact(numerator, denominator) -%}
    {%- set wide = "cast(" ~ numerator ~ " as decimal(38, 8))" -%}
    {%- set n = "(cast(trunc(" ~ wide ~ ") as hugeint) * 100000000 + cast((" ~ wide ~ " - trunc(" ~ wide ~ ")) * 100000000 as hugeint))" -%}
    {%- set d = "cast(cast(" ~ denominator ~ " as decimal(28, 8)) * 100000000 as hugeint)" -%}
    cast(
        cast(
            sign({{ n }}) * sign({{ d }}) * (
                divide(abs({{ n }}), nullif(abs({{ d }}), 0)) * 100000000
                + divide((abs({{ n }}) % nullif(abs({{ d }}), 0)) * 200000000 + abs({{ d }}), nullif(2 * abs({{ d }}), 0))
            ) as decimal(28, 0)
        ) * cast(0.00000001 as decimal(9, 8)) as decimal(28, 8)
    )
{%- endmacro %}

{# Spark rounds the quotient of decimals at a scale of its own choice first. `div` cuts off, and gives a bigint. #}
{% macro spark__divide_exact(numerator, denominator) -%}
    {%- set n = "cast(" ~ numerator ~ " as decimal(38, 8))" -%}
    {%- set d = "cast(" ~ denominator ~ " as decimal(28, 8))" -%}
    {%- set rest = "cast((abs(" ~ n ~ ") % nullif(abs(" ~ d ~ "), 0)) * 100000000 as decimal(28, 0))" -%}
    {%- set whole = "cast(abs(" ~ d ~ ") * 100000000 as decimal(28, 0))" -%}
    cast(
        cast(case when ({{ n }} < 0) = ({{ d }} < 0) then 1 else -1 end as decimal(1, 0)) * (
            cast(abs({{ n }}) div nullif(abs({{ d }}), 0) as decimal(20, 0))
            + cast(
                (cast({{ rest }} * 200000000 as decimal(38, 0)) + {{ whole }}) div nullif(2 * {{ whole }}, 0) as decimal(9, 0)
            ) * cast(0.00000001 as decimal(9, 8))
        ) as decimal(28, 8)
    )
{%- endmacro %}

{# A ratio of two sums with eight decimals; NULL where there is nothing to divide by. #}
{% macro money_ratio(numerator, denominator) -%}
    cast({{ divide_exact(numerator, denominator) }} as decimal(18, 8))
{%- endmacro %}
