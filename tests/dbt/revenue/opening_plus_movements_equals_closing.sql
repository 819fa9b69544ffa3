-- Every customer, month and currency: what it had, plus what moved, is what it has. To the last decimal, in both currencies.
with months as (
    select
        customer_id,
        month,
        currency,
        mrr,
        mrr_reporting,
        coalesce(lag(mrr) over (partition by customer_id, currency order by month), 0) as opening_mrr,
        coalesce(lag(mrr_reporting) over (partition by customer_id, currency order by month), 0) as opening_mrr_reporting
    from {{ ref('mrr_monthly') }}
),

movements as (
    select
        customer_id,
        month,
        currency,
        sum(amount) as amount,
        sum(amount_reporting) as amount_reporting
    from {{ ref('fct_mrr_movements') }}
    group by customer_id, month, currency
)

select months.*
from months
left join movements
    on
        months.customer_id = movements.customer_id
        and months.month = movements.month
        and months.currency = movements.currency
where
    months.opening_mrr + coalesce(movements.amount, 0) <> months.mrr
    or months.opening_mrr_reporting + coalesce(movements.amount_reporting, 0) <> months.mrr_reporting
