with contacts as (
    select * from {{ ref('int_hubspot_contacts') }}
),

companies as (
    select * from {{ ref('int_hubspot_companies') }}
),

contact_companies as (
    select * from {{ ref('int_contact_companies') }}
    where not is_company_gone
),

company_sources as (
    select * from {{ ref('int_company_sources') }}
),

-- The segment of a company's customer is no dimension of a funnel: nobody has it who did not buy.
final as (
    select
        'contacts' as object_type,
        contacts.contact_id as record_id,
        contact_companies.company_id,
        coalesce(contact_company.segment, 'unknown') as segment,
        coalesce(contacts.analytics_source, 'unknown') as source,
        coalesce(contacts.owner_id, 'unknown') as owner
    from contacts
    left join contact_companies on contacts.contact_id = contact_companies.contact_id
    left join companies as contact_company on contact_companies.company_id = contact_company.company_id
    union all
    select
        'companies' as object_type,
        companies.company_id as record_id,
        companies.company_id,
        coalesce(companies.segment, 'unknown') as segment,
        coalesce(company_sources.analytics_source, 'unknown') as source,
        coalesce(companies.owner_id, 'unknown') as owner
    from companies
    left join company_sources on companies.company_id = company_sources.company_id
)

select * from final
