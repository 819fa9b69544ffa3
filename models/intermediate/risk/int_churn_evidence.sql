{%- set deal_days = policy_number('churn_deal_days') -%}
with churns as (
    select
        customer_id,
        month,
        currency,
        max(month) over (partition by customer_id) as last_churn_month
    from {{ ref('fct_mrr_movements') }}
    where movement = 'churn'
),

customers as (
    select * from {{ ref('dim_customers') }}
),

companies as (
    select * from {{ ref('int_hubspot_companies') }}
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

renewals as (
    select
        fct_deals.company_id,
        deals.closed_lost_reason,
        fct_deals.closed_on
    from {{ ref('fct_deals') }} as fct_deals
    inner join {{ ref('int_hubspot_deals') }} as deals on fct_deals.deal_id = deals.deal_id
    where
        fct_deals.outcome = 'lost'
        and deals.closed_lost_reason is not null
        and (
            coalesce(deals.deal_type, '') like '%existing%'
            or coalesce(deals.deal_type, '') like '%renew%'
            or lower(coalesce(deals.deal_name, '')) like '%renew%'
            or lower(coalesce(fct_deals.pipeline_label, '')) like '%renew%'
        )
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
found as (
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
    union all
    -- the property has no date: it speaks of the last time that the customer left
    select
        churns.customer_id,
        churns.month,
        churns.currency,
        'hubspot_company' as source,
        companies.churn_reason as value,
        cast(null as timestamp) as told_at
    from churns
    inner join customers on churns.customer_id = customers.customer_id
    inner join companies on customers.hubspot_company_id = companies.company_id
    where churns.month = churns.last_churn_month
    union all
    select
        churns.customer_id,
        churns.month,
        churns.currency,
        'hubspot_deal' as source,
        renewals.closed_lost_reason as value,
        cast(renewals.closed_on as timestamp) as told_at
    from churns
    inner join customers on churns.customer_id = customers.customer_id
    inner join renewals
        on
            customers.hubspot_company_id = renewals.company_id
            and renewals.closed_on >= {{ add_days('churns.month', '-' ~ deal_days) }}
            and renewals.closed_on < {{ add_days(add_months('churns.month', 1), deal_days) }}
),

ranked as (
    select
        customer_id,
        month,
        currency,
        source,
        replace(replace(trim(value), ' ', '_'), '-', '_') as value,
        row_number() over (
            partition by customer_id, month, currency, source
            order by told_at desc nulls last, value nulls last
        ) as recency
    from found
    where nullif(trim(value), '') is not null
),

final as (
    select
        ranked.customer_id,
        ranked.month,
        ranked.currency,
        ranked.source,
        ranked.value,
        reasons.cause
    from ranked
    left join {{ ref('churn_reasons_map') }} as reasons
        on ranked.source = reasons.source and ranked.value = reasons.value
    where ranked.recency = 1
)

select * from final
