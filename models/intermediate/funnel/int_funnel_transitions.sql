{#- The conversions that the funnel measures, with the days within which they must happen (dbt vars). -#}
{%- set transitions = [
    ('lead', 'marketingqualifiedlead', var('window_days_lead_to_mql')),
    ('marketingqualifiedlead', 'salesqualifiedlead', var('window_days_mql_to_sql')),
    ('salesqualifiedlead', 'customer', var('window_days_sql_to_customer')),
] -%}

{%- for from_stage, to_stage, window_days in transitions %}
select
    '{{ from_stage }}' as from_stage,
    '{{ to_stage }}' as to_stage,
    cast({{ window_days }} as bigint) as window_days
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
