{%- set dimensions = {'all': "'all'", 'segment': 'segment', 'source': 'source', 'owner': 'owner'} -%}

with months as (
    select * from {{ ref('int_funnel_months') }}
),

monthly as (
    select * from {{ ref('int_funnel_changes') }}
),

-- added up before the rows are multiplied by months and dimensions: records are many
combined as (
    select
        months.month,
        monthly.object_type,
        monthly.stage,
        monthly.segment,
        monthly.source,
        monthly.owner,
        sum(monthly.standing) as standing,
        sum(monthly.entered) as entered,
        sum(monthly.reached) as reached
    from months
    inner join monthly on months.month >= monthly.month
    group by months.month, monthly.object_type, monthly.stage, monthly.segment, monthly.source, monthly.owner
    having sum(monthly.standing) > 0 or sum(monthly.reached) > 0
),

by_dimension as (
    {%- for dimension, value in dimensions.items() %}
    select
        month,
        object_type,
        stage,
        '{{ dimension }}' as dimension,
        {{ value }} as dimension_value,
        standing,
        entered,
        reached
    from combined
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

final as (
    select
        by_dimension.month,
        by_dimension.object_type,
        by_dimension.stage,
        by_dimension.dimension,
        by_dimension.dimension_value,
        cast(sum(by_dimension.standing) as bigint) as standing,
        cast(sum(by_dimension.entered) as bigint) as entered,
        cast(sum(by_dimension.reached) as bigint) as reached,
        months.is_complete
    from by_dimension
    inner join months on by_dimension.month = months.month
    group by
        by_dimension.month, by_dimension.object_type, by_dimension.stage, by_dimension.dimension,
        by_dimension.dimension_value, months.is_complete
)

select * from final
