{{ config(meta={'dates': {'stg_hubspot__companies': ['created_at', 'archived_at']}}) }}

with companies as (
    select * from {{ ref('stg_hubspot__companies') }}
),

merged_ids as (
    select * from {{ ref('int_hubspot_merged_ids') }}
    where object_type = 'companies'
),

-- A merge may give the surviving record a new date: it is as old as the oldest record that went up in it.
first_created as (
    select
        merged_ids.surviving_id,
        min(companies.created_at) as created_at
    from merged_ids
    inner join companies on merged_ids.old_id = companies.company_id
    group by merged_ids.surviving_id
),

dated as (
    select
        companies.company_id,
        least(companies.created_at, coalesce(first_created.created_at, companies.created_at)) as created_at
    from companies
    left join first_created on companies.company_id = first_created.surviving_id
),

-- Nothing tells when two records were merged, so merges are not undone for an earlier as_of; archiving is, where dated.
final as (
    select
        companies.company_id,
        companies.company_name,
        companies.domain,
        companies.additional_domains,
        companies.segment,
        companies.lifecycle_stage,
        companies.owner_id,
        companies.churn_reason,
        companies.analytics_source,
        dated.created_at,
        companies.updated_at
    from companies
    inner join dated on companies.company_id = dated.company_id
    left join merged_ids on companies.company_id = merged_ids.old_id
    where
        (not companies.is_archived or companies.archived_at > {{ as_of() }})
        and merged_ids.old_id is null
        and coalesce(dated.created_at <= {{ as_of() }}, true)
)

select * from final
