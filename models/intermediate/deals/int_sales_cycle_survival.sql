with cases as (
    select * from {{ ref('int_sales_cycle_cases') }}
),

days as (
    select
        close_month,
        dimension,
        dimension_value,
        days,
        count(*) as leaving,
        sum(case when outcome = 'won' then 1 else 0 end) as won
    from cases
    group by close_month, dimension, dimension_value, days
),

-- At risk on a day: all that were neither closed nor out of sight before it.
at_risk as (
    select
        *,
        sum(leaving) over (
            partition by close_month, dimension, dimension_value
            order by days desc nulls last
            rows between unbounded preceding and current row
        ) as deals_at_risk
    from days
),

survival as (
    select
        *,
        {{ product(
            '1e0 - won / cast(deals_at_risk as double)',
            'partition by close_month, dimension, dimension_value order by days nulls last '
            ~ 'rows between unbounded preceding and current row'
        ) }} as share_still_open
    from at_risk
),

-- The first day by which the share is won. 1e-9: a product of fractions that is one half may end a hair above it.
final as (
    select
        close_month,
        dimension,
        dimension_value,
        cast(sum(leaving) as bigint) as deals,
        cast(sum(won) as bigint) as won,
        cast(min(share_still_open) as decimal(9, 6)) as share_still_open,
        cast(min(case when share_still_open <= 0.5e0 + 1e-9 then days end) as decimal(12, 2)) as p50_days,
        cast(min(case when share_still_open <= 0.25e0 + 1e-9 then days end) as decimal(12, 2)) as p75_days,
        cast(min(case when share_still_open <= 0.1e0 + 1e-9 then days end) as decimal(12, 2)) as p90_days
    from survival
    group by close_month, dimension, dimension_value
)

select * from final
