with months as (
    select * from {{ ref('int_health_months') }}
),

contact_history as (
    select * from {{ ref('stg_hubspot__company_contact_history') }}
),

merged_ids as (
    select * from {{ ref('int_hubspot_merged_ids') }}
    where object_type = 'companies'
),

customers as (
    select * from {{ ref('int_customer_accounts') }}
    where hubspot_company_id is not null
),

company_contacts as (
    select
        coalesce(merged_ids.surviving_id, contact_history.company_id) as company_id,
        contact_history.contacted_at,
        contact_history.known_at
    from contact_history
    left join merged_ids on contact_history.company_id = merged_ids.old_id
),

-- For a month that has passed only what was known at its end counts. HubSpot's value of today would tell of the future by its
-- silence: it is older than the month only where nobody spoke to the customer again.
last_contacts as (
    select
        customers.customer_id,
        months.month,
        months.cutoff_at,
        max(company_contacts.contacted_at) as last_contacted_at
    from months
    inner join company_contacts
        on
            months.cutoff_at >= company_contacts.contacted_at
            and (months.is_now or months.cutoff_at >= company_contacts.known_at)
    inner join customers on company_contacts.company_id = customers.hubspot_company_id
    group by customers.customer_id, months.month, months.cutoff_at
),

measured as (
    select
        customer_id,
        month,
        last_contacted_at,
        cast(floor({{ days_between('last_contacted_at', 'cutoff_at') }}) as integer) as quiet_days
    from last_contacts
),

final as (
    select
        customer_id,
        month,
        last_contacted_at,
        quiet_days,
        {{ health_severity('quiet_days', 'health_quiet_days') }} as severity,
        'last contact ' || cast(quiet_days as {{ dbt.type_string() }}) || ' days ago' as reason
    from measured
)

select * from final
