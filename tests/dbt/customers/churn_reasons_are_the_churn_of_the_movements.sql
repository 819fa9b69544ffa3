with movements as (
    select * from {{ ref('fct_mrr_movements') }}
    where movement = 'churn'
),

reasons as (
    select * from {{ ref('churn_reasons') }}
)

select
    coalesce(movements.customer_id, reasons.customer_id) as customer_id,
    coalesce(movements.month, reasons.month) as month,
    movements.amount as moved,
    reasons.amount
from movements
full outer join reasons
    on
        movements.customer_id = reasons.customer_id
        and movements.month = reasons.month
        and movements.currency = reasons.currency
where
    movements.customer_id is null
    or reasons.customer_id is null
    or movements.amount <> reasons.amount
    or movements.amount_reporting is distinct from reasons.amount_reporting
