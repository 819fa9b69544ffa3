{{ config(materialized='incremental', incremental_strategy='touched_years', unique_key='customer_id') }}

with customer_mrr as (
    select
        customer_id,
        month,
        sum(mrr_reporting) as mrr_reporting
    from {{ touched_years(ref('mrr_monthly')) }}
    group by customer_id, month
),

customers as (
    select * from {{ ref('dim_customers') }}
),

-- Rows have no gaps from a customer's first month on; before it there was nothing, which is no opening.
with_opening as (
    select
        customer_mrr.customer_id,
        customer_mrr.month,
        customer_mrr.mrr_reporting,
        lag(customer_mrr.mrr_reporting) over (
            partition by customer_mrr.customer_id order by customer_mrr.month nulls last
        ) as opening_mrr_reporting,
        year_ago.mrr_reporting as mrr_reporting_12m_ago
    from customer_mrr
    left join customer_mrr as year_ago
        on
            customer_mrr.customer_id = year_ago.customer_id
            and customer_mrr.month = {{ add_months('year_ago.month', 12) }}
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
