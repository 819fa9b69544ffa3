with paying as (
    select
        customer_id,
        sum(mrr_reporting) as mrr_reporting
    from {{ ref('mrr_monthly') }}
    where month = {{ month_start(as_of()) }} and mrr > 0
    group by customer_id
),

scored as (
    select * from {{ ref('customers_at_risk') }}
)

select
    paying.customer_id,
    scored.customer_id as scored_customer_id,
    paying.mrr_reporting,
    scored.mrr_reporting as scored_mrr
from paying
full outer join scored on paying.customer_id = scored.customer_id
where
    paying.customer_id is null
    or scored.customer_id is null
    or scored.mrr_reporting <> paying.mrr_reporting
    or scored.mrr_at_risk > paying.mrr_reporting
