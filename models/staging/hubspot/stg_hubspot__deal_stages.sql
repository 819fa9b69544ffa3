with current_rows as (
    select * from {{ current_versions(source('raw_hubspot', 'deal_pipelines')) }} as versions
),

parsed as (
    select
        id,
        deleted,
        {{ json_struct('payload', {
            'label': 'VARCHAR',
            'stages': [{
                'id': 'VARCHAR',
                'label': 'VARCHAR',
                'displayOrder': 'VARCHAR',
                'metadata': {'isClosed': 'VARCHAR', 'probability': 'VARCHAR'},
            }],
        }) }} as pipeline
    from current_rows
),

stages as (
    select
        id as pipeline_id,
        pipeline.label as pipeline_label,
        deleted as is_pipeline_archived,
        {{ explode('pipeline.stages') }} as stage
    from parsed
),

final as (
    select
        pipeline_id,
        pipeline_label,
        stage.id as stage_id,
        stage.label as stage_label,
        {{ try_bigint('stage.displayorder') }} as display_order,
        try_cast(stage.metadata.probability as decimal(9, 6)) as probability,
        coalesce(lower(stage.metadata.isclosed) = 'true', false) as is_closed,
        is_pipeline_archived,
        {{ failed_casts([
            ['stage.metadata.probability', 'try_cast(stage.metadata.probability as decimal(9, 6))'],
        ]) }} as failed_casts
    from stages
)

select * from final
