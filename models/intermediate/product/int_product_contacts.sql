with contacts as (
    select * from {{ ref('int_hubspot_contacts') }}
),

contact_emails as (
    select * from {{ ref('int_contact_emails') }}
),

contact_companies as (
    select * from {{ ref('int_contact_companies') }}
    where not is_company_gone
),

customers as (
    select
        int_customers.customer_id,
        lower(trim(int_customers.email)) as email,
        int_customers.created_at,
        accounts.hubspot_company_id
    from {{ ref('int_customers') }} as int_customers
    inner join {{ ref('int_customer_accounts') }} as accounts on int_customers.customer_id = accounts.customer_id
),

-- An address may stand on several customers; the oldest of them is the one.
own_customers as (
    select
        contact_emails.contact_id,
        customers.customer_id,
        customers.hubspot_company_id,
        row_number() over (
            partition by contact_emails.contact_id
            order by customers.created_at nulls last, customers.customer_id nulls last
        ) as customer_rank
    from contact_emails
    inner join customers on contact_emails.email = customers.email
),

final as (
    select
        contacts.contact_id,
        coalesce(
            'company:' || own_customers.hubspot_company_id,
            'customer:' || own_customers.customer_id,
            'company:' || contact_companies.company_id,
            'contact:' || contacts.contact_id
        ) as account_key
    from contacts
    left join own_customers on contacts.contact_id = own_customers.contact_id and own_customers.customer_rank = 1
    left join contact_companies on contacts.contact_id = contact_companies.contact_id
)

select * from final
