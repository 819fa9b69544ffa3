with paying_months as (
    select
        customer_id,
        month,
        sum(mrr_reporting) as mrr_reporting
    from {{ ref('mrr_monthly') }}
    where month <= {{ month_start(as_of()) }}
    group by customer_id, month
    having sum(mrr_reporting) > 0
),

-- The last month with revenue: a churned customer keeps the size it had, so that churn by segment means something.
ranked as (
    select
        *,
        row_number() over (partition by customer_id order by month desc nulls last) as recency
    from paying_months
),

final as (
    select
        customer_id,
        month as last_paying_month,
        cast(12 * mrr_reporting as decimal(18, 4)) as arr_reporting
    from ranked
    where recency = 1
)

select * from final
