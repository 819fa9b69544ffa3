with companies as (
    select * from {{ ref('stg_hubspot__companies') }}
),

merged_ids as (
    select * from {{ ref('int_hubspot_merged_ids') }}
    where object_type = 'companies'
),

final as (
    select
        companies.company_id,
        companies.company_name,
        companies.domain,
        companies.additional_domains,
        companies.segment,
        companies.owner_id,
        companies.churn_reason,
        companies.analytics_source,
        companies.created_at,
        companies.updated_at
    from companies
    left join merged_ids on companies.company_id = merged_ids.old_id
    where
        not companies.is_archived
        and merged_ids.old_id is null
        and coalesce(companies.created_at <= {{ as_of() }}, true)
)

select * from final
