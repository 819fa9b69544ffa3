with churns as (
    select
        customer_id,
        month,
        currency
    from {{ ref('fct_mrr_movements') }}
    where movement = 'churn'
),

subscriptions as (
    select
        customer_id,
        currency,
        lower(cancellation_reason) as cancellation_reason,
        lower(cancellation_feedback) as cancellation_feedback,
        {{ 'coalesce(canceled_at, ended_at)' if policy_choice('churn_date', ['ended_at', 'canceled_at']) == 'canceled_at'
            else "coalesce(ended_at, case when status = 'canceled' then canceled_at end)" }} as left_at
    from {{ ref('stg_stripe__subscriptions') }}
),

item_months as (
    select distinct
        customer_id,
        month,
        currency,
        status
    from {{ ref('int_item_months') }}
    where mrr = 0 and status in ('unpaid', 'lapsed', 'paused')
),

ended as (
    select
        churns.customer_id,
        churns.month,
        churns.currency,
        subscriptions.cancellation_reason,
        subscriptions.cancellation_feedback,
        subscriptions.left_at
    from churns
    inner join subscriptions
        on
            churns.customer_id = subscriptions.customer_id
            and churns.currency = subscriptions.currency
            and churns.month = {{ month_start('subscriptions.left_at') }}
),

-- that a cancellation was asked for is no reason
final as (
    select
        customer_id,
        month,
        currency,
        'stripe_reason' as source,
        cancellation_reason as value,
        left_at as told_at
    from ended
    where cancellation_reason <> 'cancellation_requested'
    union all
    select
        customer_id,
        month,
        currency,
        'stripe_feedback' as source,
        cancellation_feedback as value,
        left_at as told_at
    from ended
    union all
    select
        churns.customer_id,
        churns.month,
        churns.currency,
        'stripe_status' as source,
        item_months.status as value,
        cast(null as timestamp) as told_at
    from churns
    inner join item_months
        on
            churns.customer_id = item_months.customer_id
            and churns.month = item_months.month
            and churns.currency = item_months.currency
)

select * from final
