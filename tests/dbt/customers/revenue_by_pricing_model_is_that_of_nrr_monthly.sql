with models as (
    select
        month,
        pricing_model,
        mrr
    from {{ ref('revenue_by_pricing_model') }}
),

retention as (
    select * from {{ ref('nrr_monthly') }}
    where dimension = 'pricing_model'
)

select
    coalesce(models.month, retention.month) as month,
    coalesce(models.pricing_model, retention.dimension_value) as pricing_model,
    models.mrr,
    retention.closing_mrr
from models
full outer join retention on models.month = retention.month and models.pricing_model = retention.dimension_value
where coalesce(models.mrr, 0) <> coalesce(retention.closing_mrr, 0)
