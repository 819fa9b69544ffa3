with customer_months as (
    select * from {{ ref('mrr_monthly') }}
),

attributes as (
    select * from {{ ref('int_customer_attributes') }}
),

retention as (
    select * from {{ ref('nrr_monthly') }}
    where dimension = 'pricing_model'
),

rates as (
    select * from {{ ref('int_fx_rates') }}
),

models as (
    select
        customer_months.month,
        attributes.pricing_model,
        count(distinct case when customer_months.mrr > 0 then customer_months.customer_id end) as customers,
        count(distinct case when customer_months.usage_mrr > 0 then customer_months.customer_id end) as metered_customers,
        sum(customer_months.mrr_reporting) as mrr,
        sum(customer_months.usage_mrr * rates.rate) as usage_mrr,
        count(
            distinct case
                when customer_months.mrr > 0 and customer_months.mrr_reporting is null then customer_months.customer_id
            end
        ) as customers_without_rate
    from customer_months
    inner join attributes on customer_months.customer_id = attributes.customer_id
    left join rates on customer_months.month = rates.month and customer_months.currency = rates.currency
    group by customer_months.month, attributes.pricing_model
),

final as (
    select
        models.month,
        models.pricing_model,
        cast(models.customers as bigint) as customers,
        cast(models.metered_customers as bigint) as metered_customers,
        cast(models.mrr as {{ money_type() }}) as mrr,
        cast(models.usage_mrr as {{ money_type() }}) as usage_mrr,
        {{ money_ratio('models.mrr', 'sum(models.mrr) over (partition by models.month)') }} as mrr_share,
        retention.nrr_bridge,
        retention.nrr_12m,
        retention.grr_12m,
        retention.logo_churn,
        cast(models.customers_without_rate as bigint) as customers_without_rate
    from models
    left join retention
        on models.month = retention.month and models.pricing_model = retention.dimension_value
)

select * from final
