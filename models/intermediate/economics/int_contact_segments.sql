with contacts as (
    select contact_id from {{ ref('int_hubspot_contacts') }}
),

contact_companies as (
    select * from {{ ref('int_contact_companies') }}
    where not is_company_gone
),

companies as (
    select * from {{ ref('int_hubspot_companies') }}
),

-- Several customers may be one company; its largest one says how large it is, as for deals.
company_customers as (
    select
        hubspot_company_id,
        segment,
        row_number() over (
            partition by hubspot_company_id
            order by arr_reporting desc nulls last, customer_id nulls last
        ) as size_rank
    from {{ ref('dim_customers') }}
    where hubspot_company_id is not null and segment != 'unknown'
),

final as (
    select
        contacts.contact_id,
        contact_companies.company_id,
        coalesce(companies.segment, company_customers.segment, 'unknown') as segment
    from contacts
    left join contact_companies on contacts.contact_id = contact_companies.contact_id
    left join companies on contact_companies.company_id = companies.company_id
    left join company_customers
        on contact_companies.company_id = company_customers.hubspot_company_id and company_customers.size_rank = 1
)

select * from final
