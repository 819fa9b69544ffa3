with current_rows as (
    select * from {{ current_versions(source('raw_hubspot', 'lifecycle_stages')) }} as versions
),

parsed as (
    select
        id,
        {{ json_struct('payload', {'label': 'VARCHAR', 'displayOrder': 'VARCHAR', 'hidden': 'VARCHAR'}) }} as stage_option
    from current_rows
    where not deleted
),

final as (
    select
        id as source_stage,
        stage_option.label as stage_label,
        {{ try_bigint('stage_option.displayorder') }} as display_order,
        coalesce(lower(stage_option.hidden) = 'true', false) as is_hidden
    from parsed
)

select * from final
