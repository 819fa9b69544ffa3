with scope as (
    select * from {{ ref('int_benchmark_scope') }}
    where metric = 'nrr_12m'
),

nrr as (
    select * from {{ ref('nrr_monthly') }}
    where dimension in ('all', 'segment')
),

customer_months as (
    select * from {{ ref('int_customer_months') }}
    where mrr_reporting_12m_ago > 0
),

cohorts as (
    select
        month,
        'all' as segment,
        count(*) as customers
    from customer_months
    group by month
    union all
    select
        month,
        segment,
        count(*) as customers
    from customer_months
    group by month, segment
),

-- A range for companies with venture capital is held against the whole company, as the one for all is.
measured as (
    select
        *,
        case segment when 'venture_backed' then 'all' else segment end as measured_segment
    from scope
),

-- Counted on the whole base, not on a sample of it: no interval.
final as (
    select
        measured.metric,
        measured.segment,
        measured.month,
        cast(nrr.nrr_12m as decimal(18, 6)) as value,
        cast(coalesce(cohorts.customers, 0) as bigint) as n,
        cast(null as decimal(18, 6)) as value_low,
        cast(null as decimal(18, 6)) as value_high,
        case when nrr.nrr_12m is null then 'no data: nobody paid twelve months earlier' end as missing_reason
    from measured
    left join nrr on measured.month = nrr.month and measured.measured_segment = nrr.dimension_value
    left join cohorts on measured.month = cohorts.month and measured.measured_segment = cohorts.segment
)

select * from final
