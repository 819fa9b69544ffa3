with verdicts as (
    select * from {{ ref('int_benchmark_verdicts') }}
),

-- What speaks for a metric now: the newest closed month whose cohorts have had their time.
ranked as (
    select
        *,
        row_number() over (
            partition by metric, segment
            order by case when reason like 'cohort immature%' then 1 else 0 end nulls last, month desc nulls last
        ) as recency
    from verdicts
),

final as (
    select
        metric,
        segment,
        month,
        value,
        n,
        value_low,
        value_high,
        low as range_low,
        high as range_high,
        direction,
        unit,
        status,
        reason,
        recency = 1 as is_current,
        severity,
        min_n,
        window_months,
        what_to_do,
        source
    from ranked
)

select * from final
