{{ config(materialized='incremental', incremental_strategy='rescored', unique_key='customer_id') }}

with customer_months as (
    select * from {{ rescored(ref('mrr_monthly')) }}
),

months as (
    select * from {{ ref('int_health_months') }}
),

final as (
    select
        customer_months.customer_id,
        months.month,
        months.cutoff_at,
        months.is_now,
        -- money that cannot be converted makes the sum unknown, not smaller
        case
            when count(case when customer_months.mrr > 0 and customer_months.mrr_reporting is null then 1 end) = 0
                then cast(sum(customer_months.mrr_reporting) as {{ money_type() }})
        end as mrr_reporting,
        cast(
            sum(
                {{ divide_exact('customer_months.at_risk_mrr * customer_months.mrr_reporting', 'customer_months.mrr') }}
            ) as {{ money_type() }}
        ) as past_due_mrr_reporting
    from customer_months
    inner join months on customer_months.month = months.month
    where customer_months.mrr > 0
    group by customer_months.customer_id, months.month, months.cutoff_at, months.is_now
)

select * from final
