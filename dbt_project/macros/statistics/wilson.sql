{# Wilson score interval of a proportion at 95 %: where the true rate lies, given `successes` of `trials`. Unlike the
   normal approximation it stays within 0 and 1 and is honest with few trials. NULL when there are no trials.
   Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927). #}
{% macro wilson_low(successes, trials) -%}
    {{ wilson_bound(successes, trials, '-') }}
{%- endmacro %}

{% macro wilson_high(successes, trials) -%}
    {{ wilson_bound(successes, trials, '+') }}
{%- endmacro %}

{% macro wilson_bound(successes, trials, sign) -%}
    {%- set z = '1.959963984540054e0' -%}
    {%- set n = 'nullif(cast(' ~ trials ~ ' as double), 0)' -%}
    {%- set p = '(cast(' ~ successes ~ ' as double) / ' ~ n ~ ')' -%}
    cast(
        (
            {{ p }} + {{ z }} * {{ z }} / (2 * {{ n }})
            {{ sign }} {{ z }} * sqrt(greatest({{ p }} * (1 - {{ p }}), 0) / {{ n }} + {{ z }} * {{ z }} / (4 * {{ n }} * {{ n }}))
        ) / (1 + {{ z }} * {{ z }} / {{ n }})
        as decimal(9, 6)
    )
{%- endmacro %}

{# A share with six decimals; NULL when there is nothing to divide by. #}
{% macro ratio(numerator, denominator) -%}
    cast(cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0) as decimal(18, 6))
{%- endmacro %}
