with customers as (
    select * from {{ ref('int_customers') }}
    where nullif(trim(hubspot_company_id), '') is not null
),

companies as (
    select * from {{ ref('stg_hubspot__companies') }}
),

living_companies as (
    select company_id from {{ ref('int_hubspot_companies') }}
),

merged_ids as (
    select * from {{ ref('int_hubspot_merged_ids') }}
    where object_type = 'companies'
),

named as (
    select
        customers.customer_id,
        trim(customers.hubspot_company_id) as evidence,
        coalesce(merged_ids.surviving_id, trim(customers.hubspot_company_id)) as company_id
    from customers
    left join merged_ids on trim(customers.hubspot_company_id) = merged_ids.old_id
),

final as (
    select
        named.customer_id,
        'metadata' as method,
        cast(1.00 as decimal(3, 2)) as confidence,
        named.evidence,
        cast(null as {{ dbt.type_string() }}) as contact_id,
        named.company_id as hubspot_company_id,
        case
            when living_companies.company_id is not null then null
            when companies.is_archived then 'company_archived'
            else 'company_not_found'
        end as rejected_reason
    from named
    left join companies on named.company_id = companies.company_id
    left join living_companies on named.company_id = living_companies.company_id
)

select * from final
