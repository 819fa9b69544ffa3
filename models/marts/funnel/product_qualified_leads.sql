with leads as (
    select * from {{ ref('int_product_leads') }}
),

events as (
    select * from {{ ref('int_product_events') }}
),

customers as (
    select * from {{ ref('dim_customers') }}
),

-- Before the account's first product event nobody looked: nothing known is not nothing done.
coverage as (
    select min(occurred_at) as first_event_at
    from events
),

early_events as (
    select
        leads.lead_id,
        events.event,
        events.occurred_at,
        row_number() over (
            partition by leads.lead_id, events.event order by events.occurred_at nulls last
        ) as event_number
    from leads
    inner join events
        on
            leads.account_key = events.account_key
            and leads.started_at <= events.occurred_at
            and {{ add_days('leads.started_at', var('pql_window_days')) }} >= events.occurred_at
),

steps as (
    select
        lead_id,
        sum(case when event = 'session' then 1 else 0 end) as sessions,
        min(case when event = 'session' and event_number = {{ var('pql_min_sessions') }} then occurred_at end) as used_enough_at,
        min(case when event = 'data_imported' then occurred_at end) as imported_at,
        min(case when event = 'colleague_invited' then occurred_at end) as invited_at
    from early_events
    group by lead_id
),

judged as (
    select
        leads.*,
        coverage.first_event_at <= {{ add_days('leads.started_at', var('pql_window_days')) }} as is_covered,
        coalesce(steps.sessions, 0) as sessions,
        steps.imported_at,
        steps.invited_at,
        case
            when steps.used_enough_at is not null and steps.imported_at is not null and steps.invited_at is not null
                then greatest(steps.used_enough_at, steps.imported_at, steps.invited_at)
        end as qualified_at
    from leads
    inner join coverage on coverage.first_event_at is not null
    left join steps on leads.lead_id = steps.lead_id
),

final as (
    select
        judged.lead_type,
        judged.lead_id,
        judged.customer_id,
        judged.subscription_id,
        case when judged.account_key like 'company:%' then substring(judged.account_key, 9) end as company_id,
        case when judged.account_key like 'contact:%' then substring(judged.account_key, 9) end as contact_id,
        {{ segment_before_payment('customers') }} as segment,
        coalesce(customers.acquisition_source, 'unknown') as acquisition_source,
        judged.started_at,
        cast(case when judged.is_covered then judged.sessions end as bigint) as sessions,
        judged.imported_at,
        judged.invited_at,
        judged.qualified_at,
        cast({{ days_between('judged.started_at', 'judged.qualified_at') }} as decimal(12, 2)) as time_to_value_days,
        case when judged.is_covered then judged.qualified_at is not null end as is_qualified,
        coalesce(judged.first_paid_at < judged.qualified_at, false) as was_paying_when_qualified,
        judged.first_paid_at,
        judged.converted,
        judged.is_mature,
        case when not judged.is_covered then 'no product events are known from this time' end as missing_reason
    from judged
    left join customers on judged.customer_id = customers.customer_id
)

select * from final
