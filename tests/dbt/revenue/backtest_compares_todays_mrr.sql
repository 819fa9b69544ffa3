-- What the back-test calls live must be what mrr_monthly says of the current month, read on another way: the state of every
-- subscription now against the month's spans. Usage is no part of it.
with live as (
    select
        customer_id,
        currency,
        sum(mrr_live) as mrr
    from {{ touched(ref('mrr_backtest')) }}
    group by customer_id, currency
),

usage_now as (
    select
        customer_id,
        currency,
        sum(mrr) as mrr
    from {{ touched(ref('int_item_months')) }}
    where status = 'usage' and month = {{ month_start(as_of()) }}
    group by customer_id, currency
),

monthly as (
    select
        mrr_monthly.customer_id,
        mrr_monthly.currency,
        mrr_monthly.mrr - coalesce(usage_now.mrr, 0) as mrr
    from {{ touched(ref('mrr_monthly')) }} as mrr_monthly
    left join usage_now
        on
            mrr_monthly.customer_id = usage_now.customer_id
            and mrr_monthly.currency = usage_now.currency
    where mrr_monthly.month = {{ month_start(as_of()) }}
)

select
    monthly.customer_id,
    monthly.currency,
    monthly.mrr as month_mrr,
    live.mrr as live_mrr
from monthly
left join live
    on
        monthly.customer_id = live.customer_id
        and monthly.currency = live.currency
where monthly.mrr <> coalesce(live.mrr, 0)
