{#- The ranges are for a young company a month and for a mature one a year: only one of them fits a company. -#}
{%- set company_stage = var('company_stage', 'startup') -%}

with scope as (
    select * from {{ ref('int_benchmark_scope') }}
    where metric in ('mrr_growth_monthly', 'mrr_growth_yearly')
),

nrr as (
    select * from {{ ref('nrr_monthly') }}
    where dimension = 'all'
),

customers as (
    select
        month,
        count(*) as customers
    from {{ ref('int_customer_months') }}
    where mrr_reporting > 0
    group by month
),

windows as (
    select
        scope.metric,
        scope.segment,
        scope.month,
        scope.window_months,
        coalesce(customers.customers, 0) as customers,
        cast(window_end.closing_mrr as double) / nullif(cast(window_start.opening_mrr as double), 0) as growth_factor
    from scope
    left join nrr as window_start on scope.window_start = window_start.month
    left join nrr as window_end on scope.month = window_end.month
    left join customers on scope.month = customers.month
),

final as (
    select
        metric,
        segment,
        month,
        cast(
            case metric
                when 'mrr_growth_monthly' then power(growth_factor, 1e0 / window_months) - 1
                else power(growth_factor, 12e0 / window_months) - 1
            end as decimal(18, 6)
        ) as value,
        cast(customers as bigint) as n,
        cast(null as decimal(18, 6)) as value_low,
        cast(null as decimal(18, 6)) as value_high,
        case
            when segment not in ('all', '{{ company_stage }}')
                then 'not applicable: dbt var company_stage is {{ company_stage }}'
            when growth_factor is null then 'no data: no MRR at the start of the window'
        end as missing_reason
    from windows
)

select * from final
