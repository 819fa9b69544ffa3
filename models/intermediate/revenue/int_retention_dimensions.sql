with retention as (
    select * from {{ ref('int_customer_retention') }}
),

dimensions as (
    select * from {{ ref('int_customer_dimensions') }}
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
