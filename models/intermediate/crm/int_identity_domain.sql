with customers as (
    select
        customer_id,
        {{ email_domain('email') }} as domain
    from {{ ref('int_customers') }}
),

company_domains as (
    select * from {{ ref('int_company_domains') }}
),

final as (
    select
        customers.customer_id,
        'domain' as method,
        cast(0.70 as decimal(3, 2)) as confidence,
        company_domains.domain as evidence,
        cast(null as {{ dbt.type_string() }}) as contact_id,
        company_domains.company_id as hubspot_company_id,
        case
            when company_domains.is_free_mail then 'free_mail_domain'
            when company_domains.companies_with_domain > 1 then 'ambiguous_domain'
        end as rejected_reason
    from customers
    inner join company_domains on customers.domain = company_domains.domain
    -- a domain of many companies tells of none: each customer of it with each of them would be millions of rows
    where company_domains.domain_rank <= 10
)

select * from final
