with customer_mrr as (
    select
        customer_id,
        sum(mrr_reporting) as mrr
    from {{ ref('mrr_monthly') }}
    where month = {{ add_months(month_start(as_of()), -1) }} and mrr > 0
    group by customer_id
),

customers as (
    select * from {{ ref('int_customer_accounts') }}
),

leads as (
    select * from {{ ref('int_source_leads') }}
),

contact_companies as (
    select * from {{ ref('int_contact_companies') }}
    where not is_company_gone
),

company_leads as (
    select
        contact_companies.company_id,
        min(leads.became_lead_at) as became_lead_at
    from leads
    inner join contact_companies on leads.contact_id = contact_companies.contact_id
    group by contact_companies.company_id
),

-- The person whom the customer was matched by, or a colleague. Who paid already was not won as a lead.
final as (
    select
        customer_mrr.customer_id,
        customers.acquisition_source as source,
        cast(customer_mrr.mrr as {{ money_type() }}) as mrr
    from customer_mrr
    inner join customers on customer_mrr.customer_id = customers.customer_id
    left join leads on customers.matched_contact_id = leads.contact_id
    left join company_leads on customers.hubspot_company_id = company_leads.company_id
    where
        leads.became_lead_at <= coalesce(customers.first_paid_at, leads.became_lead_at)
        or company_leads.became_lead_at <= coalesce(customers.first_paid_at, company_leads.became_lead_at)
)

select * from final
