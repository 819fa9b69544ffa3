with customers as (
    select * from {{ ref('int_customer_accounts') }}
),

present_mrr as (
    select
        customer_id,
        sum(mrr_reporting) as mrr_reporting
    from {{ ref('mrr_monthly') }}
    where month = {{ month_start(as_of()) }} and mrr > 0
    group by customer_id
),

final as (
    select
        present_mrr.customer_id,
        present_mrr.mrr_reporting,
        customers.match_method,
        customers.hubspot_company_id is not null as has_company,
        customers.match_method = 'none' as is_unmatched,
        customers.rejected_candidates
    from present_mrr
    inner join customers on present_mrr.customer_id = customers.customer_id
)

select * from final
