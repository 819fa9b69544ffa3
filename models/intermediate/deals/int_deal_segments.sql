with deals as (
    select * from {{ ref('int_deals') }}
),

companies as (
    select * from {{ ref('int_hubspot_companies') }}
),

company_segments as (
    select * from {{ ref('int_company_segments') }}
),

paying_companies as (
    select
        hubspot_company_id as company_id,
        min(first_paid_at) as first_paid_at
    from {{ ref('dim_customers') }}
    group by hubspot_company_id
),

-- Only what was known before the deal was decided: deals lost never bring a customer whose revenue could be looked up, and a win
-- rate by segment would say how the deals ended and not how they were.
final as (
    select
        deals.deal_id,
        coalesce(
            companies.segment,
            case
                when paying_companies.first_paid_at <= deals.created_at then nullif(company_segments.segment, 'unknown')
            end,
            {{ segment_by_arr('deals.amount_home') }},
            'unknown'
        ) as segment
    from deals
    left join companies on deals.company_id = companies.company_id
    left join company_segments on deals.company_id = company_segments.company_id
    left join paying_companies on deals.company_id = paying_companies.company_id
)

select * from final
