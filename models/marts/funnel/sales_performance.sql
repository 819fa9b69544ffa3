with closed_deals as (
    select
        *,
        cast(date_trunc('month', closed_on) as date) as close_month,
        case when outcome = 'won' then 1 else 0 end as is_won,
        case when outcome = 'won' then acv_home end as won_acv,
        case when outcome = 'won' then cast(cycle_days as double) end as won_cycle_days
    from {{ ref('fct_deals') }}
    where outcome in ('won', 'lost') and closed_on is not null
),

survival as (
    select * from {{ ref('int_sales_cycle_survival') }}
),

by_dimension as (
    {%- for dimension, value in deal_dimensions().items() %}
    select
        closed_deals.*,
        '{{ dimension }}' as dimension,
        coalesce({{ value }}, 'unknown') as dimension_value
    from closed_deals
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

totals as (
    select
        close_month,
        dimension,
        dimension_value,
        count(*) as closed,
        sum(is_won) as won,
        sum(1 - is_won) as lost,
        count(amount_home) as with_amount,
        -- without any deal there is nothing to add up; with deals that all lack an amount the sum is unknown
        case when sum(is_won) = 0 then 0 else sum(case when is_won = 1 then amount_home end) end as won_amount,
        case when sum(is_won) = count(*) then 0 else sum(case when is_won = 0 then amount_home end) end as lost_amount,
        sum(won_acv) as won_acv,
        count(won_acv) as acv_deals,
        {{ percentile('won_acv', 0.5) }} as acv_median,
        count(won_cycle_days) as cycle_deals,
        {{ percentile('won_cycle_days', 0.5) }} as cycle_p50_days,
        {{ percentile('won_cycle_days', 0.75) }} as cycle_p75_days,
        {{ percentile('won_cycle_days', 0.9) }} as cycle_p90_days
    from by_dimension
    group by close_month, dimension, dimension_value
),

final as (
    select
        totals.close_month,
        totals.dimension,
        totals.dimension_value,
        cast(totals.won as bigint) as won,
        cast(totals.lost as bigint) as lost,
        cast(totals.with_amount as bigint) as with_amount,
        cast(totals.won_amount as decimal(18, 4)) as won_amount,
        cast(totals.lost_amount as decimal(18, 4)) as lost_amount,
        {{ ratio('totals.won', 'totals.closed') }} as win_rate_count,
        {{ wilson_low('totals.won', 'totals.closed') }} as win_rate_low,
        {{ wilson_high('totals.won', 'totals.closed') }} as win_rate_high,
        {{ ratio('coalesce(totals.won_amount, 0)', '(coalesce(totals.won_amount, 0) + coalesce(totals.lost_amount, 0))') }}
            as win_rate_value,
        cast(totals.cycle_deals as bigint) as cycle_deals,
        cast(totals.cycle_p50_days as decimal(12, 2)) as cycle_p50_days,
        cast(totals.cycle_p75_days as decimal(12, 2)) as cycle_p75_days,
        cast(totals.cycle_p90_days as decimal(12, 2)) as cycle_p90_days,
        coalesce(survival.deals, 0) as survival_deals,
        coalesce(survival.won, 0) as survival_won,
        survival.share_still_open as survival_share_open,
        survival.p50_days as survival_p50_days,
        survival.p75_days as survival_p75_days,
        survival.p90_days as survival_p90_days,
        cast(totals.acv_deals as bigint) as acv_deals,
        cast({{ divide_exact('totals.won_acv', 'totals.acv_deals') }} as decimal(18, 4)) as acv_mean,
        cast(totals.acv_median as decimal(18, 4)) as acv_median
    from totals
    left join survival
        on
            totals.close_month = survival.close_month
            and totals.dimension = survival.dimension
            and totals.dimension_value = survival.dimension_value
)

select * from final
