{# Net promoter score, -100 to 100; NULL without answers. #}
{% macro nps(promoters, detractors, responses) -%}
    cast(
        100 * (cast({{ promoters }} as double) - {{ detractors }}) / nullif(cast({{ responses }} as double), 0) as decimal(9, 4)
    )
{%- endmacro %}

{# An end of its 95 % interval, adjusted Wald: three answers are added, three quarters of one a promoter and as much a detractor,
   and the score is the mean of answers worth 1, 0 and -1, whose variance is p + d - (p - d)^2. Kept within -100 and 100.
   Source: B. Rocks, "Interval estimation for the Net Promoter Score", The American Statistician 70 (2016), its best method. #}
{% macro nps_bound(promoters, detractors, responses, sign) -%}
    {%- set n = 'nullif(cast(' ~ responses ~ ' as double), 0)' -%}
    {%- set p = '((cast(' ~ promoters ~ ' as double) + 0.75e0) / (' ~ n ~ ' + 3))' -%}
    {%- set d = '((cast(' ~ detractors ~ ' as double) + 0.75e0) / (' ~ n ~ ' + 3))' -%}
    cast(
        100 * greatest(-1e0, least(1e0,
            {{ p }} - {{ d }}
            {{ sign }} 1.959963984540054e0 * sqrt(({{ p }} + {{ d }} - ({{ p }} - {{ d }}) * ({{ p }} - {{ d }})) / ({{ n }} + 3))
        )) as decimal(9, 4)
    )
{%- endmacro %}
