-- Deals won and lost by owner are those of the month, whoever owned them.
with scored as (
    select
        month,
        sum(deals_won) as won,
        sum(deals_lost) as lost
    from {{ ref('team_scorecard') }}
    where role = 'ae'
    group by month
),

performed as (
    select
        close_month as month,
        won,
        lost
    from {{ ref('sales_performance') }}
    where dimension = 'all'
)

select
    coalesce(scored.month, performed.month) as month,
    scored.won,
    performed.won as performed_won
from scored
full outer join performed on scored.month = performed.month
where
    scored.month is null
    or performed.month is null
    or scored.won <> performed.won
    or scored.lost <> performed.lost
