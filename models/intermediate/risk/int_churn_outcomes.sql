{{ config(materialized='incremental', incremental_strategy='rescored', unique_key='customer_id', meta={'compared': true}) }}

with customers as (
    select * from {{ rescored(ref('int_health_customers')) }}
    where not is_now
),

months as (
    select * from {{ ref('int_health_months') }}
    where not is_now
),

calendar as (
    select * from {{ ref('int_months') }}
),

spans as (
    select
        *,
        {{ is_rescored() }} as is_rescored
    from {{ ref('int_item_spans') }}
    where mrr > 0
),

-- looked at on every month end within the window and at its end: a day without revenue between two subscriptions is no churn
looks as (
    select
        months.month,
        calendar.ends_at as looked_at,
        {{ is_rescored_month('months.month') }} as is_rescored
    from months
    inner join calendar on months.cutoff_at < calendar.ends_at and months.window_ends_at > calendar.ends_at
    where calendar.ends_at <= {{ as_of() }}
    union all
    select
        month,
        window_ends_at as looked_at,
        {{ is_rescored_month() }} as is_rescored
    from months
    where is_mature
),

look_counts as (
    select
        month,
        count(*) as looks
    from looks
    group by month
),

paying as (
    select distinct
        looks.month,
        looks.looked_at,
        spans.customer_id
    from looks
    inner join spans
        on
            looks.looked_at > spans.valid_from
            and (looks.is_rescored or spans.is_rescored)
            and coalesce(looks.looked_at <= spans.valid_to, true)
),

paying_counts as (
    select
        month,
        customer_id,
        count(*) as paid_looks
    from paying
    group by month, customer_id
),

final as (
    select
        customers.customer_id,
        customers.month,
        months.window_ends_at,
        months.is_mature,
        coalesce(paying_counts.paid_looks, 0) < coalesce(look_counts.looks, 0) as is_churned
    from customers
    inner join months on customers.month = months.month
    left join look_counts on customers.month = look_counts.month
    left join paying_counts
        on customers.month = paying_counts.month and customers.customer_id = paying_counts.customer_id
)

select * from final
