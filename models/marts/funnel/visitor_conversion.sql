{#- People who were typed in or imported have not visited: they are told by themselves and are no part of the total. -#}
{%- set dimensions = {'all': "'all'", 'source': 'source'} -%}

with web_months as (
    select * from {{ ref('int_web_months') }}
),

by_dimension as (
    {%- for dimension, value in dimensions.items() %}
    select
        web_months.*,
        '{{ dimension }}' as dimension,
        {{ value }} as dimension_value
    from web_months
    {%- if dimension == 'all' %}
    where source != 'OFFLINE'
    {%- endif %}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

totals as (
    select
        month,
        dimension,
        dimension_value,
        visitor_measure,
        lead_measure,
        sum(visitors) as visitors,
        sum(leads) as leads
    from by_dimension
    group by month, dimension, dimension_value, visitor_measure, lead_measure
),

final as (
    select
        month,
        dimension,
        dimension_value,
        cast(visitors as bigint) as visitors,
        cast(leads as bigint) as leads,
        case when leads <= visitors then {{ ratio('leads', 'visitors') }} end as conversion_rate,
        case when leads <= visitors then {{ wilson_low('leads', 'visitors') }} end as rate_low,
        case when leads <= visitors then {{ wilson_high('leads', 'visitors') }} end as rate_high,
        visitor_measure,
        lead_measure,
        {{ utc_midnight(add_months('month', 1)) }} <= {{ as_of() }} as is_complete,
        case
            when visitors is null or leads is null then 'the report does not count this'
            when visitors = 0 then 'no visitors'
            when leads > visitors then 'more leads than visitors: not all of them came through the website'
        end as not_computable_reason
    from totals
)

select * from final
