with companies as (
    select * from {{ ref('int_hubspot_companies') }}
),

contacts as (
    select * from {{ ref('int_hubspot_contacts') }}
),

contact_companies as (
    select * from {{ ref('int_contact_companies') }}
    where not is_company_gone
),

sourced_contacts as (
    select
        contact_companies.company_id,
        contacts.analytics_source,
        row_number() over (
            partition by contact_companies.company_id
            order by contacts.created_at nulls last, {{ try_bigint('contacts.contact_id') }} nulls last
        ) as contact_rank
    from contact_companies
    inner join contacts on contact_companies.contact_id = contacts.contact_id
    where contacts.analytics_source is not null
),

-- The company's own first source, else that of the contact it knew first.
final as (
    select
        companies.company_id,
        coalesce(companies.analytics_source, sourced_contacts.analytics_source) as analytics_source
    from companies
    left join sourced_contacts
        on companies.company_id = sourced_contacts.company_id and sourced_contacts.contact_rank = 1
)

select * from final
