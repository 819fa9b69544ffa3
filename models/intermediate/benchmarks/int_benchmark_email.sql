with scope as (
    select * from {{ ref('int_benchmark_scope') }}
    where metric in ('email_open_rate', 'email_click_rate')
),

emails as (
    select * from {{ ref('email_performance') }}
    where dimension = 'all'
),

account as (
    select count(*) as months_ever from emails
),

pooled as (
    select
        scope.metric,
        scope.segment,
        scope.month,
        coalesce(sum(emails.delivered), 0) as delivered,
        coalesce(sum(case scope.metric when 'email_open_rate' then emails.opens else emails.clicks end), 0) as successes
    from scope
    left join emails
        on
            scope.segment = emails.dimension_value
            and emails.month between scope.window_start and scope.month
    group by scope.metric, scope.segment, scope.month
),

final as (
    select
        pooled.metric,
        pooled.segment,
        pooled.month,
        {{ ratio('pooled.successes', 'pooled.delivered') }} as value,
        cast(pooled.delivered as bigint) as n,
        {{ wilson_low('pooled.successes', 'pooled.delivered') }} as value_low,
        {{ wilson_high('pooled.successes', 'pooled.delivered') }} as value_high,
        case
            when account.months_ever = 0
                then 'source absent: connect HubSpot marketing e-mails with their statistics (scope content)'
            when pooled.delivered = 0 then 'no data: no marketing e-mail was delivered in these months'
        end as missing_reason
    from pooled
    cross join account
)

select * from final
