{%- set readings = {'all': 'health_score', 'before_notice': 'score_before_notice'} -%}
{%- set bands = {'0-20': 'score <= 20', '20-40': 'score > 20 and score <= 40', '40-60': 'score > 40 and score <= 60',
    '60-80': 'score > 60 and score <= 80', '80-100': 'score > 80', 'unknown': 'score is null',
    'at_risk': 'score <= ' ~ policy_number('health_at_risk_max'), 'all': 'true'} -%}
with scores as (
    select * from {{ ref('int_health_month_end_scores') }}
),

outcomes as (
    select * from {{ ref('int_churn_outcomes') }}
),

-- added up before the bands are told apart: customers are many, and scores few
readings as (
    {% for reading, score in readings.items() -%}
    select
        scores.month,
        '{{ reading }}' as signals,
        scores.{{ score }} as score,
        outcomes.is_mature,
        outcomes.is_churned,
        count(*) as customers,
        sum(scores.mrr_reporting) as mrr_reporting
    from scores
    inner join outcomes on scores.customer_id = outcomes.customer_id and scores.month = outcomes.month
    group by scores.month, scores.{{ score }}, outcomes.is_mature, outcomes.is_churned
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

banded as (
    {% for band, condition in bands.items() -%}
    select
        *,
        '{{ band }}' as score_band,
        {{ condition }} as is_in_band
    from readings
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

counted as (
    select
        'month' as scope,
        month,
        signals,
        score_band,
        is_mature,
        {{ backtest_counts() }}
    from banded
    group by month, signals, score_band, is_mature
    union all
    select
        'mature_months' as scope,
        cast(null as date) as month,
        signals,
        score_band,
        true as is_mature,
        {{ backtest_counts() }}
    from banded
    where is_mature
    group by signals, score_band
),

-- of a month whose window still runs nobody knows who will leave: counts, and no rates
final as (
    select
        scope,
        month,
        signals,
        score_band,
        cast({{ policy_number('churn_window_days') }} as integer) as window_days,
        is_mature,
        cast(customers as bigint) as customers,
        cast(churned as bigint) as churned,
        cast(all_customers as bigint) as all_customers,
        cast(all_churned as bigint) as all_churned,
        cast(mrr_reporting as {{ money_type() }}) as mrr_reporting,
        cast(churned_mrr_reporting as {{ money_type() }}) as churned_mrr_reporting,
        case when is_mature then {{ ratio('churned', 'customers') }} end as precision_rate,
        case when is_mature and scope = 'month' then {{ wilson_low('churned', 'customers') }} end as precision_low,
        case when is_mature and scope = 'month' then {{ wilson_high('churned', 'customers') }} end as precision_high,
        case when is_mature then {{ ratio('churned', 'all_churned') }} end as recall_rate,
        case when is_mature then {{ ratio('all_churned', 'all_customers') }} end as base_rate,
        case when is_mature then {{ ratio('churned * all_customers', 'customers * all_churned') }} end as lift,
        case
            when not is_mature then 'immature: the window is not over'
            when customers = 0 then 'no customer has such a score'
            when all_churned = 0 then 'nobody left, so there is no recall and no lift'
        end as not_computable_reason
    from counted
)

select * from final
