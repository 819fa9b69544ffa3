with churns as (
    select * from {{ ref('churn_reasons') }}
),

dimensioned as (
    {% for dimension in ["'all'", 'segment', 'sales_motion', 'pricing_model'] -%}
    select
        month,
        '{{ dimension | replace("'", "") }}' as dimension,
        {{ dimension }} as dimension_value,
        cause,
        customer_id,
        amount_reporting
    from churns
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

causes as (
    select
        month,
        dimension,
        dimension_value,
        cause,
        count(distinct customer_id) as customers,
        sum(amount_reporting) as churn_mrr,
        count(distinct case when amount_reporting is null then customer_id end) as customers_without_rate
    from dimensioned
    group by month, dimension, dimension_value, cause
),

-- a customer that left in two currencies for two reasons stands under both, so the parts are what shares are taken of
totals as (
    select
        *,
        sum(customers) over (partition by month, dimension, dimension_value) as all_customers,
        sum(churn_mrr) over (partition by month, dimension, dimension_value) as all_churn_mrr
    from causes
),

final as (
    select
        month,
        dimension,
        dimension_value,
        cause,
        cast(customers as bigint) as customers,
        cast(churn_mrr as {{ money_type() }}) as churn_mrr,
        {{ ratio('customers', 'all_customers') }} as customer_share,
        {{ money_ratio('-churn_mrr', '-all_churn_mrr') }} as mrr_share,
        cast(customers_without_rate as bigint) as customers_without_rate
    from totals
)

select * from final
