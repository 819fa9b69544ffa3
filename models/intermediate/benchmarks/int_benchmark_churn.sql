with scope as (
    select * from {{ ref('int_benchmark_scope') }}
    where metric = 'churn_yearly'
),

customer_months as (
    select * from {{ ref('int_customer_months') }}
    where mrr_reporting_12m_ago > 0
),

cohorts as (
    select
        scope.metric,
        scope.segment,
        scope.month,
        count(customer_months.customer_id) as customers,
        coalesce(sum(case when customer_months.mrr_reporting <= 0 then 1 else 0 end), 0) as lost
    from scope
    left join customer_months
        on
            scope.month = customer_months.month
            and (scope.segment = 'all' or scope.segment = customer_months.segment)
    group by scope.metric, scope.segment, scope.month
),

final as (
    select
        metric,
        segment,
        month,
        {{ ratio('lost', 'customers') }} as value,
        cast(customers as bigint) as n,
        {{ wilson_low('lost', 'customers') }} as value_low,
        {{ wilson_high('lost', 'customers') }} as value_high,
        case when customers = 0 then 'no data: no customer of the segment paid twelve months earlier' end as missing_reason
    from cohorts
)

select * from final
