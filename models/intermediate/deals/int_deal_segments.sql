with deals as (
    select * from {{ ref('int_deals') }}
),

company_segments as (
    select * from {{ ref('int_company_segments') }}
),

final as (
    select
        deals.deal_id,
        coalesce(
            nullif(company_segments.segment, 'unknown'),
            {{ segment_by_arr('deals.amount_home') }},
            'unknown'
        ) as segment
    from deals
    left join company_segments on deals.company_id = company_segments.company_id
)

select * from final
