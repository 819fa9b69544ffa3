with scope as (
    select * from {{ ref('int_benchmark_scope') }}
    where metric in ('cac', 'ltv_to_cac', 'cac_payback_months')
),

unit_economics as (
    select
        *,
        case dimension when 'all' then 'all' else dimension_value end as segment
    from {{ ref('unit_economics_monthly') }}
    where dimension in ('all', 'segment')
),

-- Sums over the window, so that a month with one customer weighs as much as it has customers.
pooled as (
    select
        scope.metric,
        scope.segment,
        scope.month,
        scope.window_months,
        count(unit_economics.month) as months,
        count(unit_economics.spend) as months_with_spend,
        count(unit_economics.prior_spend) as months_with_prior_spend,
        sum(unit_economics.spend) as spend,
        sum(unit_economics.prior_spend) as prior_spend,
        coalesce(sum(unit_economics.new_customers), 0) as new_customers,
        sum(unit_economics.new_mrr * unit_economics.gross_margin) as new_margin,
        max(unit_economics.cost_reason) as cost_reason,
        max(case when unit_economics.month = scope.month then unit_economics.ltv end) as ltv,
        max(case when unit_economics.month = scope.month then unit_economics.ltv_reason end) as ltv_reason
    from scope
    left join unit_economics
        on
            scope.segment = unit_economics.segment
            and unit_economics.month between scope.window_start and scope.month
    group by scope.metric, scope.segment, scope.month, scope.window_months
),

final as (
    select
        metric,
        segment,
        month,
        cast(
            case
                when metric = 'cac_payback_months' and months_with_prior_spend = window_months
                    then {{ divide_exact('prior_spend', 'new_margin') }}
                when metric = 'cac' and months_with_spend = window_months
                    then {{ divide_exact('spend', 'new_customers') }}
                when metric = 'ltv_to_cac' and months_with_spend = window_months
                    then {{ divide_exact('ltv * cast(new_customers as decimal(9, 0))', 'spend') }}
            end as decimal(18, 6)
        ) as value,
        cast(new_customers as bigint) as n,
        cast(null as decimal(18, 6)) as value_low,
        cast(null as decimal(18, 6)) as value_high,
        case
            when cost_reason like 'no %' then 'source absent: ' || cost_reason
            when cost_reason is not null then 'no data: ' || cost_reason
            when months < window_months then 'no data: no customers or costs in some of the months'
            when metric = 'cac_payback_months' and months_with_prior_spend < window_months
                then 'no data: costs of the month before the window unknown'
            when new_customers = 0 then 'no data: no new customer in these months'
            when metric = 'ltv_to_cac' and ltv_reason is not null then 'no data: ' || ltv_reason
            when metric = 'ltv_to_cac' and spend = 0 then 'no data: nothing was spent'
            when metric = 'cac_payback_months' and coalesce(new_margin, 0) <= 0 then 'no data: no new MRR in these months'
        end as missing_reason
    from pooled
)

select * from final
