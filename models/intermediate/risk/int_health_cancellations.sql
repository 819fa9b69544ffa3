{{ config(materialized='incremental', incremental_strategy='rescored', unique_key='customer_id') }}

with item_months as (
    select * from {{ rescored(ref('int_item_months')) }}
    where mrr > 0 and status <> 'usage'
),

months as (
    select
        *,
        {{ is_rescored_month() }} as is_rescored
    from {{ ref('int_health_months') }}
),

rates as (
    select * from {{ ref('int_fx_rates') }}
),

looks as (
    select
        subscription_id,
        observed_at,
        version_id as source_id,
        is_cancel_at_period_end or cancel_at is not null as is_scheduled,
        {{ is_rescored() }} as is_rescored
    from {{ ref('stg_stripe__subscription_versions') }}
    union all
    select
        subscription_id,
        observed_at,
        event_id as source_id,
        is_cancel_at_period_end or cancel_at is not null as is_scheduled,
        {{ is_rescored() }} as is_rescored
    from {{ ref('stg_stripe__subscription_events') }}
),

-- what was seen last up to the month's end: a cancellation that was taken back later leaves no other trace
last_looks as (
    select
        months.month,
        looks.subscription_id,
        looks.is_scheduled,
        row_number() over (
            partition by months.month, looks.subscription_id
            order by looks.observed_at desc nulls last, looks.source_id desc nulls last
        ) as recency
    from months
    inner join looks on months.cutoff_at >= looks.observed_at and (months.is_rescored or looks.is_rescored)
),

items as (
    select
        item_months.customer_id,
        item_months.month,
        item_months.subscription_id,
        item_months.mrr * rates.rate as mrr_reporting,
        item_months.committed_mrr = 0 or coalesce(last_looks.is_scheduled, false) as is_scheduled
    from item_months
    inner join months on item_months.month = months.month
    left join rates on item_months.month = rates.month and item_months.currency = rates.currency
    left join last_looks
        on
            item_months.month = last_looks.month
            and item_months.subscription_id = last_looks.subscription_id
            and last_looks.recency = 1
),

counted as (
    select
        customer_id,
        month,
        cast(count(distinct subscription_id) as integer) as subscriptions,
        cast(count(distinct case when is_scheduled then subscription_id end) as integer) as scheduled_subscriptions,
        bool_and(is_scheduled) as is_all_scheduled,
        case
            when count(case when is_scheduled and mrr_reporting is null then 1 end) = 0
                then cast(sum(case when is_scheduled then mrr_reporting else 0 end) as {{ money_type() }})
        end as scheduled_mrr_reporting
    from items
    group by customer_id, month
),

final as (
    select
        customer_id,
        month,
        scheduled_subscriptions,
        scheduled_mrr_reporting,
        cast(
            case when is_all_scheduled then 1 when scheduled_subscriptions > 0 then 0.5 else 0 end as decimal(2, 1)
        ) as severity,
        case
            when scheduled_subscriptions = 0 then 'no cancellation is scheduled'
            else
                'the end of ' || cast(scheduled_subscriptions as {{ dbt.type_string() }})
                || ' of ' || cast(subscriptions as {{ dbt.type_string() }})
                || ' paid subscriptions is scheduled'
        end as reason
    from counted
)

select * from final
