with scope as (
    select * from {{ ref('int_benchmark_scope') }}
    where metric = 'nps'
),

answers as (
    select
        *,
        case dimension when 'all' then 'all' else dimension_value end as scope_segment
    from {{ ref('nps_monthly') }}
),

account as (
    select count(*) as months_ever from answers
),

pooled as (
    select
        scope.metric,
        scope.segment,
        scope.month,
        coalesce(sum(answers.responses), 0) as responses,
        coalesce(sum(answers.promoters), 0) as promoters,
        coalesce(sum(answers.detractors), 0) as detractors
    from scope
    left join answers
        on
            scope.segment = answers.scope_segment
            and answers.month between scope.window_start and scope.month
    group by scope.metric, scope.segment, scope.month
),

final as (
    select
        pooled.metric,
        pooled.segment,
        pooled.month,
        {{ nps('pooled.promoters', 'pooled.detractors', 'pooled.responses') }} as value,
        cast(pooled.responses as bigint) as n,
        {{ nps_bound('pooled.promoters', 'pooled.detractors', 'pooled.responses', '-') }} as value_low,
        {{ nps_bound('pooled.promoters', 'pooled.detractors', 'pooled.responses', '+') }} as value_high,
        case
            when account.months_ever = 0
                then 'source absent: connect HubSpot feedback submissions with an NPS survey (their read scope)'
            when pooled.responses = 0 then 'no data: no answer in these months'
        end as missing_reason
    from pooled
    cross join account
)

select * from final
