with scope as (
    select * from {{ ref('int_benchmark_scope') }}
    where metric in ('lead_to_mql', 'mql_to_sql', 'win_rate', 'visitor_to_lead', 'trial_to_paid', 'churn_monthly')
),

counts as (
    select * from {{ ref('int_benchmark_counts') }}
),

-- A metric that was never counted has no row: its source is not connected.
counted_metrics as (
    select distinct metric from counts
),

pooled as (
    select
        scope.metric,
        scope.segment,
        scope.month,
        coalesce(sum(counts.successes), 0) as successes,
        coalesce(sum(counts.trials), 0) as trials,
        min(case when counts.is_mature then 1 else 0 end) = 0 as has_immature
    from scope
    inner join counted_metrics on scope.metric = counted_metrics.metric
    left join counts
        on
            scope.metric = counts.metric
            and scope.segment = counts.segment
            and counts.month between scope.window_start and scope.month
    group by scope.metric, scope.segment, scope.month
),

final as (
    select
        metric,
        segment,
        month,
        {{ ratio('successes', 'trials') }} as value,
        cast(trials as bigint) as n,
        {{ wilson_low('successes', 'trials') }} as value_low,
        {{ wilson_high('successes', 'trials') }} as value_high,
        case
            when trials = 0 then 'no data: nothing entered in these months'
            when has_immature then 'cohort immature: its window ends after as_of'
        end as missing_reason
    from pooled
)

select * from final
