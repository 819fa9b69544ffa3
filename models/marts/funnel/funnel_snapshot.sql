{%- set dimensions = {'all': "'all'", 'segment': 'segment', 'source': 'source', 'owner': 'owner'} -%}

with months as (
    select * from {{ ref('int_funnel_months') }}
),

spans as (
    select * from {{ ref('int_stage_spans') }}
),

stage_entries as (
    select * from {{ ref('int_stage_entries') }}
),

record_dimensions as (
    select * from {{ ref('int_record_dimensions') }}
),

standing as (
    select
        months.month,
        spans.object_type,
        spans.record_id,
        spans.stage,
        1 as is_standing,
        0 as has_entered,
        0 as has_reached
    from months
    inner join spans
        on
            (months.ends_at > spans.valid_from or (months.ends_at = spans.valid_from and not months.is_complete))
            and (spans.valid_to is null or months.ends_at <= spans.valid_to)
),

passed as (
    select
        months.month,
        stage_entries.object_type,
        stage_entries.record_id,
        stage_entries.stage,
        0 as is_standing,
        case when stage_entries.is_imputed then 0 else 1 end as has_entered,
        1 as has_reached
    from months
    inner join stage_entries
        on
            months.ends_at > stage_entries.first_entered_at
            or (months.ends_at = stage_entries.first_entered_at and not months.is_complete)
),

counted as (
    select * from standing
    union all
    select * from passed
),

-- Summed before the rows are multiplied by the dimensions.
combined as (
    select
        counted.month,
        counted.object_type,
        counted.stage,
        record_dimensions.segment,
        record_dimensions.source,
        record_dimensions.owner,
        sum(counted.is_standing) as standing,
        sum(counted.has_entered) as entered,
        sum(counted.has_reached) as reached
    from counted
    inner join record_dimensions
        on counted.object_type = record_dimensions.object_type and counted.record_id = record_dimensions.record_id
    group by
        counted.month, counted.object_type, counted.stage,
        record_dimensions.segment, record_dimensions.source, record_dimensions.owner
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
