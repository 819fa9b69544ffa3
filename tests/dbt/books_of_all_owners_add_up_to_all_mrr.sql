-- What the owners' books hold, that of nobody included, is all MRR there is. To the last decimal.
with books as (
    select
        month,
        sum(closing_mrr) as closing_mrr
    from {{ ref('team_scorecard') }}
    where role = 'cs'
    group by month
),

months as (
    select
        month,
        sum(mrr_reporting) as mrr
    from {{ ref('mrr_monthly') }}
    group by month
)

select
    months.month,
    months.mrr,
    books.closing_mrr
from months
left join books on months.month = books.month
where coalesce(months.mrr, 0) <> coalesce(books.closing_mrr, 0)
