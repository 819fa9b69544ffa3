with mrr_monthly as (
    select * from {{ ref('mrr_monthly') }}
    where month <= {{ month_start(as_of()) }} and mrr_reporting > 0
),

-- The last month with revenue: a churned customer keeps the size it had, so that churn by segment means something.
last_months as (
    select
        customer_id,
        max(month) as month
    from mrr_monthly
    group by customer_id
),

final as (
    select
        last_months.customer_id,
        last_months.month as last_paying_month,
        cast(12 * sum(mrr_monthly.mrr_reporting) as decimal(18, 4)) as arr_reporting
    from last_months
    inner join mrr_monthly
        on
            last_months.customer_id = mrr_monthly.customer_id
            and last_months.month = mrr_monthly.month
    group by last_months.customer_id, last_months.month
)

select * from final
