{{ config(
    materialized='incremental', incremental_strategy='regrouped_months', unique_key='customer_id', on_schema_change='fail'
) }}

with retention as (
    select * from {{ regrouped_months(ref('int_customer_retention')) }}
),

attributes as (
    select * from {{ ref('int_customer_attributes') }}
),

final as (
    select
        retention.customer_id,
        retention.month,
        retention.currency,
        attributes.segment,
        attributes.plan,
        attributes.acquisition_source,
        attributes.pricing_model,
        retention.movement,
        retention.opening_mrr_reporting as opening_mrr,
        retention.opening_mrr_constant,
        retention.amount_reporting as moved_mrr,
        retention.closing_mrr_reporting as closing_mrr,
        retention.mrr_year_ago_constant as mrr_year_ago,
        cast(
            case when retention.mrr_year_ago_constant > 0 then retention.closing_mrr_reporting else 0 end
            as {{ money_type() }}
        ) as mrr_of_year_ago_customer,
        cast(
            least(retention.mrr_year_ago_constant, retention.closing_mrr_reporting) as {{ money_type() }}
        ) as mrr_kept_of_year_ago
    from retention
    inner join attributes on retention.customer_id = attributes.customer_id
)

select * from final
