with customers as (
    select * from {{ ref('int_customers') }}
),

contact_emails as (
    select * from {{ ref('int_contact_emails') }}
),

contact_companies as (
    select * from {{ ref('int_contact_companies') }}
),

final as (
    select
        customers.customer_id,
        'email' as method,
        case
            when contact_emails.is_main_email then cast(0.95 as decimal(3, 2))
            else cast(0.90 as decimal(3, 2))
        end as confidence,
        contact_emails.email as evidence,
        contact_emails.contact_id,
        contact_companies.company_id as hubspot_company_id,
        case
            when contact_companies.company_id is null then 'contact_without_company'
            when contact_companies.is_company_gone then 'company_archived'
        end as rejected_reason
    from customers
    inner join contact_emails on lower(trim(customers.email)) = contact_emails.email
    left join contact_companies on contact_emails.contact_id = contact_companies.contact_id
)

select * from final
