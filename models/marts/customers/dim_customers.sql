with customers as (
    select * from {{ ref('int_customers') }}
),

stripe_customers as (
    select * from {{ ref('stg_stripe__customers') }}
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

customer_arr as (
    select * from {{ ref('int_customer_arr') }}
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
        coalesce(
            lower(stripe_customers.metadata_segment),
            companies.segment,
            {{ segment_by_arr('customer_arr.arr_reporting') }},
            'unknown'
        ) as segment,
        case
            when stripe_customers.metadata_segment is not null then 'stripe_metadata'
            when companies.segment is not null then 'hubspot_company'
            when customer_arr.arr_reporting is not null then 'arr_band'
            else 'none'
        end as segment_source,
        coalesce(contacts.analytics_source, company_sources.analytics_source, 'unknown') as acquisition_source,
        coalesce(sales_motions.sales_motion, 'self_serve') as sales_motion,
        customers.currency,
        customer_arr.arr_reporting,
        customers.created_at,
        customers.first_paid_at,
        customers.is_deleted
    from customers
    left join stripe_customers on customers.customer_id = stripe_customers.customer_id
    left join chosen on customers.customer_id = chosen.customer_id
    left join rejected on customers.customer_id = rejected.customer_id
    left join contacts on chosen.contact_id = contacts.contact_id
    left join companies on chosen.hubspot_company_id = companies.company_id
    left join company_sources on chosen.hubspot_company_id = company_sources.company_id
    left join customer_arr on customers.customer_id = customer_arr.customer_id
    left join sales_motions on chosen.hubspot_company_id = sales_motions.company_id
)

select * from final
