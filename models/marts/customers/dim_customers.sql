with accounts as (
    select * from {{ ref('int_customer_accounts') }}
),

stripe_customers as (
    select * from {{ ref('stg_stripe__customers') }}
),

companies as (
    select * from {{ ref('int_hubspot_companies') }}
),

customer_arr as (
    select * from {{ ref('int_customer_arr') }}
),

final as (
    select
        accounts.customer_id,
        accounts.account_id,
        accounts.hubspot_company_id,
        accounts.company_name,
        accounts.match_method,
        accounts.match_confidence,
        accounts.matched_contact_id,
        accounts.rejected_candidates,
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
        accounts.acquisition_source,
        accounts.sales_motion,
        accounts.currency,
        customer_arr.arr_reporting,
        accounts.created_at,
        accounts.first_paid_at,
        accounts.is_deleted
    from accounts
    left join stripe_customers on accounts.customer_id = stripe_customers.customer_id
    left join companies on accounts.hubspot_company_id = companies.company_id
    left join customer_arr on accounts.customer_id = customer_arr.customer_id
)

select * from final
