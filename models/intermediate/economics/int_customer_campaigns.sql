with customers as (
    select * from {{ ref('int_customer_accounts') }}
    where first_paid_at <= {{ as_of() }}
),

campaign_contacts as (
    select * from {{ ref('int_campaign_contacts') }}
),

contacts as (
    select * from {{ ref('int_hubspot_contacts') }}
),

contact_companies as (
    select * from {{ ref('int_contact_companies') }}
    where not is_company_gone
),

first_mrr as (
    select
        customer_id,
        sum(amount_reporting) as mrr
    from {{ ref('fct_mrr_movements') }}
    where movement = 'new' and month <= {{ month_start(as_of()) }}
    group by customer_id
),

-- As acquisition_source of dim_customers: the contact that the customer was matched by, else the one whom its company knew first.
company_contacts as (
    select
        contact_companies.company_id,
        contacts.contact_id,
        row_number() over (
            partition by contact_companies.company_id
            order by contacts.created_at nulls last, {{ try_bigint('contacts.contact_id') }} nulls last
        ) as contact_rank
    from contact_companies
    inner join contacts on contact_companies.contact_id = contacts.contact_id
    where contacts.analytics_source is not null
),

first_contacts as (
    select
        customers.customer_id,
        customers.first_paid_at,
        coalesce(customers.matched_contact_id, company_contacts.contact_id) as contact_id
    from customers
    left join company_contacts
        on customers.hubspot_company_id = company_contacts.company_id and company_contacts.contact_rank = 1
),

-- Who paid already before the campaign found them was not won by it.
final as (
    select
        first_contacts.customer_id,
        campaign_contacts.campaign_id,
        first_contacts.contact_id,
        first_contacts.first_paid_at,
        first_mrr.mrr as first_mrr
    from first_contacts
    inner join campaign_contacts on first_contacts.contact_id = campaign_contacts.contact_id
    left join first_mrr on first_contacts.customer_id = first_mrr.customer_id
    where first_contacts.first_paid_at >= campaign_contacts.became_lead_at
)

select * from final
