with closed as (
    select * from {{ ref('mrr_close') }}
),

restatements as (
    select
        *,
        row_number() over same_figure as position,
        lag(mrr_after) over same_figure as former_mrr_after,
        lag(found_at) over same_figure as former_found_at
    from {{ ref('mrr_restatements') }}
    window same_figure as (partition by month, customer_id, currency order by restatement_number nulls last)
)

select
    restatements.month,
    restatements.customer_id,
    restatements.currency,
    restatements.restatement_number
from restatements
left join closed
    on
        restatements.month = closed.month
        and restatements.customer_id = closed.customer_id
        and restatements.currency = closed.currency
where
    restatements.restatement_number <> restatements.position
    or restatements.mrr_before <> coalesce(restatements.former_mrr_after, closed.mrr, 0)
    or restatements.delta <> restatements.mrr_after - restatements.mrr_before
    or restatements.found_at < coalesce(restatements.former_found_at, closed.closed_at, restatements.found_at)
