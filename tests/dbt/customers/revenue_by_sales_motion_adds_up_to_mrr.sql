with motions as (
    select
        month,
        sum(case when acv_band = 'all' then mrr end) as mrr,
        sum(case when acv_band <> 'all' then mrr end) as mrr_of_bands
    from {{ ref('revenue_by_sales_motion') }}
    group by month
),

totals as (
    select
        month,
        sum(mrr_reporting) as mrr
    from {{ ref('mrr_monthly') }}
    group by month
    having sum(mrr_reporting) > 0
)

select
    coalesce(motions.month, totals.month) as month,
    motions.mrr,
    motions.mrr_of_bands,
    totals.mrr as mrr_of_all
from motions
full outer join totals on motions.month = totals.month
where coalesce(motions.mrr, 0) <> coalesce(totals.mrr, 0) or motions.mrr <> motions.mrr_of_bands
