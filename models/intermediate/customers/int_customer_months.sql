with customer_mrr as (
    select
        customer_id,
        month,
        sum(mrr_reporting) as mrr_reporting
    from {{ ref('mrr_monthly') }}
    group by customer_id, month
),

customers as (
    select * from {{ ref('dim_customers') }}
),

-- Rows have no gaps from a customer's first month on; before it there was nothing, which is no opening.
with_opening as (
    select
        customer_id,
        month,
        mrr_reporting,
        lag(mrr_reporting) over (partition by customer_id order by month nulls last) as opening_mrr_reporting,
        lag(mrr_reporting, 12) over (partition by customer_id order by month nulls last) as mrr_reporting_12m_ago
    from customer_mrr
),

final as (
    select
        with_opening.customer_id,
        with_opening.month,
        customers.segment,
        customers.sales_motion,
        with_opening.mrr_reporting,
        with_opening.opening_mrr_reporting,
        with_opening.mrr_reporting_12m_ago
    from with_opening
    inner join customers on with_opening.customer_id = customers.customer_id
)

select * from final
