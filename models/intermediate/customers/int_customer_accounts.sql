with customers as (
    select * from {{ ref('int_customers') }}
),

candidates as (
    select * from {{ ref('int_identity_candidates') }}
),

chosen as (
    select * from candidates
    where is_chosen
),

rejected as (
    select
        customer_id,
        count(*) as rejected_candidates
    from candidates
    where not is_chosen
    group by customer_id
),

contacts as (
    select * from {{ ref('int_hubspot_contacts') }}
),

companies as (
    select * from {{ ref('int_hubspot_companies') }}
),

company_sources as (
    select * from {{ ref('int_company_sources') }}
),

sales_motions as (
    select * from {{ ref('int_sales_motions') }}
),

final as (
    select
        customers.customer_id,
        coalesce(chosen.hubspot_company_id, customers.customer_id) as account_id,
        chosen.hubspot_company_id,
        companies.company_name,
        coalesce(chosen.method, 'none') as match_method,
        coalesce(chosen.confidence, cast(0 as decimal(3, 2))) as match_confidence,
        chosen.contact_id as matched_contact_id,
        coalesce(rejected.rejected_candidates, 0) as rejected_candidates,
        coalesce(contacts.analytics_source, company_sources.analytics_source, 'unknown') as acquisition_source,
        coalesce(sales_motions.sales_motion, 'self_serve') as sales_motion,
        customers.currency,
        customers.created_at,
        customers.first_paid_at,
        customers.is_deleted
    from customers
    left join chosen on customers.customer_id = chosen.customer_id
    left join rejected on customers.customer_id = rejected.customer_id
    left join contacts on chosen.contact_id = contacts.contact_id
    left join companies on chosen.hubspot_company_id = companies.company_id
    left join company_sources on chosen.hubspot_company_id = company_sources.company_id
    left join sales_motions on chosen.hubspot_company_id = sales_motions.company_id
)

select * from final
