with scope as (
    select * from {{ ref('int_benchmark_scope') }}
    where metric = 'nrr_12m'
),

nrr as (
    select * from {{ ref('nrr_monthly') }}
    where dimension = 'all'
),

cohorts as (
    select
        month,
        count(*) as customers
    from {{ ref('int_customer_months') }}
    where mrr_reporting_12m_ago > 0
    group by month
),

-- Counted on the whole base, not on a sample of it: no interval.
final as (
    select
        scope.metric,
        scope.segment,
        scope.month,
        cast(nrr.nrr_12m as decimal(18, 6)) as value,
        cast(coalesce(cohorts.customers, 0) as bigint) as n,
        cast(null as decimal(18, 6)) as value_low,
        cast(null as decimal(18, 6)) as value_high,
        case when nrr.nrr_12m is null then 'no data: less than twelve months of history' end as missing_reason
    from scope
    left join nrr on scope.month = nrr.month
    left join cohorts on scope.month = cohorts.month
)

select * from final
