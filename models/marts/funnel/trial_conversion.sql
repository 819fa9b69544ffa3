{%- set dimensions = {
    'all': "'all'", 'segment': 'segment', 'source': 'source', 'plan': 'plan', 'qualified': 'qualified',
} -%}

with trials as (
    select * from {{ ref('int_product_leads') }}
    where lead_type = 'trial'
),

customers as (
    select * from {{ ref('dim_customers') }}
),

plans as (
    select * from {{ ref('int_trial_plans') }}
),

qualified_leads as (
    select * from {{ ref('product_qualified_leads') }}
),

described as (
    select
        {{ month_start('trials.started_at') }} as cohort_month,
        trials.converted,
        trials.is_mature,
        {{ segment_before_payment('customers') }} as segment,
        customers.acquisition_source as source,
        coalesce(plans.plan, 'unknown') as plan,
        case
            when qualified_leads.lead_id is null then null
            when qualified_leads.is_qualified then 'qualified'
            when not qualified_leads.is_qualified then 'not_qualified'
            else 'unknown'
        end as qualified,
        case
            when trials.converted then {{ days_between('trials.started_at', 'trials.first_paid_at') }}
        end as days_to_pay,
        qualified_leads.time_to_value_days
    from trials
    inner join customers on trials.customer_id = customers.customer_id
    left join plans on trials.subscription_id = plans.subscription_id
    left join qualified_leads on trials.lead_id = qualified_leads.lead_id
),

-- A cohort is mature as a whole: its trials have all had their time, and no more can begin.
cohorts as (
    select
        *,
        min(case when is_mature then 1 else 0 end) over (partition by cohort_month) = 1
        and {{ utc_midnight(add_months('cohort_month', 1)) }} <= {{ as_of() }} as is_cohort_mature
    from described
),

by_dimension as (
    {%- for dimension, value in dimensions.items() %}
    select
        cohorts.*,
        '{{ dimension }}' as dimension,
        {{ value }} as dimension_value
    from cohorts
    {%- if dimension == 'qualified' %}
    where qualified is not null
    {%- endif %}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

totals as (
    select
        cohort_month,
        dimension,
        dimension_value,
        is_cohort_mature,
        count(*) as trials,
        sum(case when converted then 1 else 0 end) as converted,
        sum(case when qualified = 'qualified' then 1 when qualified = 'not_qualified' then 0 end) as qualified,
        {{ percentile('days_to_pay', 0.5) }} as median_days_to_pay,
        {{ percentile('days_to_pay', 0.9) }} as p90_days_to_pay,
        {{ percentile('cast(time_to_value_days as double)', 0.5) }} as median_time_to_value_days,
        {{ percentile('cast(time_to_value_days as double)', 0.9) }} as p90_time_to_value_days
    from by_dimension
    group by cohort_month, dimension, dimension_value, is_cohort_mature
),

final as (
    select
        cohort_month,
        dimension,
        dimension_value,
        cast(trials as bigint) as trials,
        cast(converted as bigint) as converted,
        {{ ratio('converted', 'trials') }} as conversion_rate,
        {{ wilson_low('converted', 'trials') }} as rate_low,
        {{ wilson_high('converted', 'trials') }} as rate_high,
        cast({{ var('window_days_trial_to_paid') }} as bigint) as window_days,
        is_cohort_mature as is_mature,
        cast(median_days_to_pay as decimal(12, 2)) as median_days_to_pay,
        cast(p90_days_to_pay as decimal(12, 2)) as p90_days_to_pay,
        cast(qualified as bigint) as qualified,
        cast(median_time_to_value_days as decimal(12, 2)) as median_time_to_value_days,
        cast(p90_time_to_value_days as decimal(12, 2)) as p90_time_to_value_days
    from totals
)

select * from final
