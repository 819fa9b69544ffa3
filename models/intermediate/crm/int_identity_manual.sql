with overrides as (
    select
        trim(customer_id) as customer_id,
        nullif(trim(hubspot_company_id), '') as hubspot_company_id
    from {{ ref('identity_overrides') }}
),

customers as (
    select customer_id from {{ ref('int_customers') }}
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
        overrides.customer_id,
        overrides.hubspot_company_id as evidence,
        coalesce(merged_ids.surviving_id, overrides.hubspot_company_id) as company_id
    from overrides
    left join merged_ids on overrides.hubspot_company_id = merged_ids.old_id
),

final as (
    select
        named.customer_id,
        'manual' as method,
        cast(1.00 as decimal(3, 2)) as confidence,
        named.evidence,
        cast(null as {{ dbt.type_string() }}) as contact_id,
        named.company_id as hubspot_company_id,
        case
            when customers.customer_id is null then 'customer_not_found'
            when named.company_id is null or living_companies.company_id is not null then null
            when companies.is_archived then 'company_archived'
            else 'company_not_found'
        end as rejected_reason
    from named
    left join customers on named.customer_id = customers.customer_id
    left join companies on named.company_id = companies.company_id
    left join living_companies on named.company_id = living_companies.company_id
)

select * from final
