with options as (
    select * from {{ ref('stg_hubspot__lifecycle_stages') }}
),

stage_map as (
    select * from {{ ref('lifecycle_stages') }}
),

used_stages as (
    select
        source_stage,
        count(distinct case when object_type = 'contacts' then record_id end) as contacts,
        count(distinct case when object_type = 'companies' then record_id end) as companies
    from {{ ref('int_lifecycle_values') }}
    where source_stage is not null
    group by source_stage
),

present_stages as (
    select distinct lifecycle_stage as source_stage from {{ ref('int_hubspot_contacts') }}
    where lifecycle_stage is not null
    union
    select distinct lifecycle_stage as source_stage from {{ ref('int_hubspot_companies') }}
    where lifecycle_stage is not null
),

all_stages as (
    select source_stage from options
    union
    select source_stage from used_stages
    union
    select source_stage from present_stages
),

final as (
    select
        all_stages.source_stage,
        options.stage_label,
        coalesce(used_stages.contacts, 0) as contacts,
        coalesce(used_stages.companies, 0) as companies
    from all_stages
    left join options on all_stages.source_stage = options.source_stage
    left join used_stages on all_stages.source_stage = used_stages.source_stage
    left join stage_map on all_stages.source_stage = stage_map.source_stage
    where stage_map.source_stage is null
)

select * from final
