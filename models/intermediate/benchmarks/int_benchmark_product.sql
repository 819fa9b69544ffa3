with scope as (
    select * from {{ ref('int_benchmark_scope') }}
    where metric in ('pql_sessions', 'pql_lift')
),

leads as (
    select
        *,
        {{ month_start('started_at') }} as month
    from {{ ref('product_qualified_leads') }}
),

counts as (
    select
        scope.metric,
        scope.segment,
        scope.month,
        coalesce(sum(case when leads.is_qualified then 1 else 0 end), 0) as qualified,
        coalesce(sum(case when leads.is_qualified and leads.converted then 1 else 0 end), 0) as qualified_converted,
        coalesce(sum(case when not leads.is_qualified then 1 else 0 end), 0) as others,
        coalesce(sum(case when not leads.is_qualified and leads.converted then 1 else 0 end), 0) as others_converted,
        {{ percentile('cast(case when leads.converted then leads.sessions end as double)', 0.5) }} as median_sessions,
        min(case when leads.is_mature then 1 else 0 end) = 0 as has_immature
    from scope
    left join leads
        on
            leads.month between scope.window_start and scope.month
            and leads.is_qualified is not null
            and (scope.segment = 'all' or scope.segment = leads.segment)
    group by scope.metric, scope.segment, scope.month
),

-- How many times as often the qualified convert; the interval is that of the logarithm (Katz and others, Biometrics 34, 1978).
ratios as (
    select
        *,
        qualified_converted + others_converted as converted,
        (cast(qualified_converted as double) / nullif(qualified, 0))
        / nullif(cast(others_converted as double) / nullif(others, 0), 0) as lift,
        case
            when qualified_converted > 0 and others_converted > 0
                then 1.959963984540054e0 * sqrt(
                    1e0 / qualified_converted - 1e0 / qualified + 1e0 / others_converted - 1e0 / others
                )
        end as log_half_width
    from counts
),

figures as (
    select
        *,
        case metric when 'pql_lift' then lift else median_sessions end as value,
        case metric when 'pql_lift' then qualified + others else converted end as n,
        case metric when 'pql_lift' then lift * exp(-log_half_width) end as value_low,
        case metric when 'pql_lift' then lift * exp(log_half_width) end as value_high
    from ratios
),

-- Without a single product event there is no row: the source is what is missing.
final as (
    select
        metric,
        segment,
        month,
        cast(value as decimal(18, 6)) as value,
        cast(n as bigint) as n,
        cast(value_low as decimal(18, 6)) as value_low,
        cast(value_high as decimal(18, 6)) as value_high,
        case
            when qualified + others = 0 then 'no data: no trial or sign-up in these months'
            when has_immature then 'cohort immature: its window ends after as_of'
            when metric = 'pql_lift' and qualified = 0 then 'no data: nobody qualified'
            when metric = 'pql_lift' and others_converted = 0 then 'no data: nobody converted without having qualified'
            when metric = 'pql_sessions' and converted = 0 then 'no data: nobody converted'
        end as missing_reason
    from figures
    where exists (select 1 from {{ ref('int_product_events') }})
)

select * from final
