with scope as (
    select * from {{ ref('int_benchmark_scope') }}
    where metric = 'acv'
),

paying_customers as (
    select
        *,
        cast(12 * mrr_reporting as double) as acv
    from {{ ref('int_customer_months') }}
    where mrr_reporting > 0
),

averages as (
    select
        scope.metric,
        scope.segment,
        scope.month,
        count(paying_customers.customer_id) as customers,
        avg(paying_customers.acv) as mean_acv,
        1.96e0 * stddev_samp(paying_customers.acv) / sqrt(count(paying_customers.customer_id)) as half_width
    from scope
    left join paying_customers
        on
            scope.month = paying_customers.month
            and (scope.segment = 'all' or scope.segment = paying_customers.sales_motion)
    group by scope.metric, scope.segment, scope.month
),

final as (
    select
        metric,
        segment,
        month,
        cast(mean_acv as decimal(18, 6)) as value,
        cast(customers as bigint) as n,
        cast(mean_acv - half_width as decimal(18, 6)) as value_low,
        cast(mean_acv + half_width as decimal(18, 6)) as value_high,
        case when customers = 0 then 'no data: no paying customer of this motion' end as missing_reason
    from averages
)

select * from final
