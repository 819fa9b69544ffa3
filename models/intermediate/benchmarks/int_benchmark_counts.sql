with conversions as (
    select * from {{ ref('funnel_conversion') }}
    where dimension in ('all', 'segment')
),

closed_deals as (
    select * from {{ ref('sales_performance') }}
    where dimension in ('all', 'segment')
),

trials as (
    select * from {{ ref('trial_conversion') }}
    where dimension in ('all', 'segment')
),

visitors as (
    select * from {{ ref('visitor_conversion') }}
    where dimension = 'all' and leads <= visitors
),

customer_months as (
    select * from {{ ref('int_customer_months') }}
),

segmented_customers as (
    select
        'all' as segment,
        month,
        mrr_reporting,
        opening_mrr_reporting
    from customer_months
    union all
    select
        segment,
        month,
        mrr_reporting,
        opening_mrr_reporting
    from customer_months
),

funnel_counts as (
    select
        case from_stage when 'lead' then 'lead_to_mql' when 'marketingqualifiedlead' then 'mql_to_sql' end as metric,
        dimension_value as segment,
        cohort_month as month,
        converted as successes,
        entered as trials,
        is_mature
    from conversions
    where from_stage in ('lead', 'marketingqualifiedlead')
),

deal_counts as (
    select
        'win_rate' as metric,
        dimension_value as segment,
        close_month as month,
        won as successes,
        won + lost as trials,
        true as is_mature
    from closed_deals
),

trial_counts as (
    select
        'trial_to_paid' as metric,
        dimension_value as segment,
        cohort_month as month,
        converted as successes,
        trials,
        is_mature
    from trials
),

visitor_counts as (
    select
        'visitor_to_lead' as metric,
        'all' as segment,
        month,
        leads as successes,
        visitors as trials,
        is_complete as is_mature
    from visitors
),

churn_counts as (
    select
        'churn_monthly' as metric,
        segment,
        month,
        sum(case when mrr_reporting <= 0 then 1 else 0 end) as successes,
        count(*) as trials,
        true as is_mature
    from segmented_customers
    where opening_mrr_reporting > 0
    group by segment, month
),

final as (
    select * from funnel_counts
    union all
    select * from deal_counts
    union all
    select * from trial_counts
    union all
    select * from visitor_counts
    union all
    select * from churn_counts
)

select
    metric,
    segment,
    month,
    cast(successes as bigint) as successes,
    cast(trials as bigint) as trials,
    is_mature
from final
