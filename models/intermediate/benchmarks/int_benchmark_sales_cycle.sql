with scope as (
    select * from {{ ref('int_benchmark_scope') }}
    where metric = 'sales_cycle_days'
),

won_deals as (
    select
        closed_on,
        cycle_days,
        segment
    from {{ ref('fct_deals') }}
    where outcome = 'won' and cycle_days is not null
),

windowed as (
    select
        scope.metric,
        scope.segment,
        scope.month,
        cast(won_deals.cycle_days as double) as cycle_days,
        row_number() over (
            partition by scope.metric, scope.segment, scope.month order by won_deals.cycle_days nulls last
        ) as cycle_rank,
        count(won_deals.cycle_days) over (partition by scope.metric, scope.segment, scope.month) as deals
    from scope
    left join won_deals
        on
            scope.window_start <= won_deals.closed_on
            and {{ add_months('scope.month', 1) }} > won_deals.closed_on
            and (scope.segment = 'all' or scope.segment = won_deals.segment)
),

-- 95 % interval of a median: the observations n/2 -+ 0.98 sqrt(n) (binomial order statistics);
-- where there are too few for that, all of them.
medians as (
    select
        metric,
        segment,
        month,
        max(deals) as deals,
        min(cycle_days) as shortest_days,
        max(cycle_days) as longest_days,
        {{ percentile('cycle_days', 0.5) }} as median_days,
        max(case when cycle_rank = floor(deals / 2e0 - 0.98e0 * sqrt(deals)) then cycle_days end) as days_low,
        max(case when cycle_rank = ceil(1 + deals / 2e0 + 0.98e0 * sqrt(deals)) then cycle_days end) as days_high
    from windowed
    group by metric, segment, month
),

final as (
    select
        metric,
        segment,
        month,
        cast(median_days as decimal(18, 6)) as value,
        cast(deals as bigint) as n,
        cast(coalesce(days_low, shortest_days) as decimal(18, 6)) as value_low,
        cast(coalesce(days_high, longest_days) as decimal(18, 6)) as value_high,
        case when deals = 0 then 'no data: no deal of the segment was won in these months' end as missing_reason
    from medians
)

select * from final
