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

final as (
    select
        trials.subscription_id,
        trials.customer_id,
        {{ month_start('trials.started_at') }} as cohort_month,
        {{ segment_before_payment('customers') }} as segment,
        customers.acquisition_source as source,
        coalesce(plans.plan, 'unknown') as plan,
        trials.started_at,
        trials.pays_until,
        trials.first_paid_at,
        trials.converted,
        trials.is_mature
    from trials
    inner join customers on trials.customer_id = customers.customer_id
    left join plans on trials.subscription_id = plans.subscription_id
)

select * from final
