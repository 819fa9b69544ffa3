with retention as (
    select * from {{ ref('int_customer_retention') }}
),

attributes as (
    select * from {{ ref('int_customer_attributes') }}
),

dimensions as (
    select
        customer_id,
        'all' as dimension,
        'all' as dimension_value
    from attributes
    union all
    select
        customer_id,
        'segment' as dimension,
        segment as dimension_value
    from attributes
    union all
    select
        customer_id,
        'plan' as dimension,
        plan as dimension_value
    from attributes
    union all
    select
        customer_id,
        'acquisition_source' as dimension,
        acquisition_source as dimension_value
    from attributes
    union all
    select
        customer_id,
        'pricing_model' as dimension,
        pricing_model as dimension_value
    from attributes
)

select
    retention.customer_id,
    retention.month,
    'currency' as dimension,
    retention.currency as dimension_value,
    retention.movement,
    retention.opening_mrr,
    retention.amount,
    retention.closing_mrr,
    retention.opening_mrr as opening_mrr_constant,
    retention.mrr_year_ago,
    retention.closing_mrr as closing_mrr_constant
from retention
union all
select
    retention.customer_id,
    retention.month,
    dimensions.dimension,
    dimensions.dimension_value,
    retention.movement,
    retention.opening_mrr_reporting as opening_mrr,
    retention.amount_reporting as amount,
    retention.closing_mrr_reporting as closing_mrr,
    retention.opening_mrr_constant,
    retention.mrr_year_ago_constant as mrr_year_ago,
    retention.closing_mrr_reporting as closing_mrr_constant
from retention
inner join dimensions on retention.customer_id = dimensions.customer_id
