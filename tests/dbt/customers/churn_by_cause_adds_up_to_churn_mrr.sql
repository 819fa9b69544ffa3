with causes as (
    select
        month,
        dimension,
        sum(churn_mrr) as churn_mrr
    from {{ ref('churn_by_cause_monthly') }}
    group by month, dimension
),

retention as (
    select
        month,
        churn_mrr
    from {{ ref('nrr_monthly') }}
    where dimension = 'all' and churn_mrr <> 0
)

select
    causes.month,
    causes.dimension,
    causes.churn_mrr,
    retention.churn_mrr as churn_mrr_of_movements
from causes
full outer join retention on causes.month = retention.month
where coalesce(causes.churn_mrr, 0) <> coalesce(retention.churn_mrr, 0)
