with deals as (
    select * from {{ ref('int_deals') }}
),

companies as (
    select * from {{ ref('int_hubspot_companies') }}
),

-- Several customers may be one company; its largest one says how large it is.
company_customers as (
    select
        hubspot_company_id,
        segment,
        row_number() over (
            partition by hubspot_company_id
            order by arr_reporting desc nulls last, customer_id nulls last
        ) as size_rank
    from {{ ref('dim_customers') }}
    where hubspot_company_id is not null and segment != 'unknown'
),

final as (
    select
        deals.deal_id,
        coalesce(
            companies.segment,
            company_customers.segment,
            {{ segment_by_arr('deals.amount_home') }},
            'unknown'
        ) as segment
    from deals
    left join companies on deals.company_id = companies.company_id
    left join company_customers
        on deals.company_id = company_customers.hubspot_company_id and company_customers.size_rank = 1
)

select * from final
