with customer_months as (
    select * from {{ ref('mrr_monthly') }}
),

moves as (
    select
        customer_id,
        month,
        currency,
        mrr as closing_mrr,
        mrr_reporting as closing_mrr_reporting,
        coalesce(lag(mrr) over customer_history, 0) as opening_mrr,
        coalesce(lag(mrr_reporting) over customer_history, 0) as opening_mrr_reporting,
        coalesce(max(mrr) over earlier_months, 0) as highest_earlier_mrr
    from customer_months
    window
        customer_history as (partition by customer_id, currency order by month),
        earlier_months as (
            partition by customer_id, currency order by month rows between unbounded preceding and 1 preceding
        )
)

select
    moves.*,
    closing_mrr - opening_mrr as amount,
    case
        when closing_mrr = opening_mrr then null
        when opening_mrr = 0 and highest_earlier_mrr = 0 then 'new'
        when opening_mrr = 0 then 'reactivation'
        when closing_mrr = 0 then 'churn'
        when closing_mrr > opening_mrr then 'expansion'
        else 'contraction'
    end as movement
from moves
