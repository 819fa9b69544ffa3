with retention as (
    select * from {{ ref('int_customer_retention') }}
),

attributes as (
    select * from {{ ref('int_customer_attributes') }}
),

-- added up before it is broken down by dimension: customers are many, and those who paid in the same months are alike
patterns as (
    select
        retention.month,
        retention.currency,
        retention.paid_months,
        attributes.segment,
        attributes.plan,
        attributes.acquisition_source,
        attributes.pricing_model,
        sum(retention.opening_mrr) as opening_mrr,
        sum(
            case when retention.movement in ('expansion', 'contraction', 'churn') then retention.amount else 0 end
        ) as moved_mrr,
        sum(case when retention.movement = 'reactivation' then retention.amount else 0 end) as reactivated_mrr
    from retention
    inner join attributes on retention.customer_id = attributes.customer_id
    where retention.opening_mrr > 0 or retention.movement = 'reactivation'
    group by 1, 2, 3, 4, 5, 6, 7
),

dimensioned as (
    {% for dimension in ["'all'", 'currency', 'segment', 'plan', 'acquisition_source', 'pricing_model'] -%}
    select
        month,
        '{{ dimension | replace("'", "") }}' as dimension,
        {{ dimension }} as dimension_value,
        currency,
        paid_months,
        opening_mrr,
        moved_mrr,
        reactivated_mrr
    from patterns
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    month,
    dimension,
    dimension_value,
    currency,
    paid_months,
    cast(sum(opening_mrr) as {{ money_type() }}) as opening_mrr,
    cast(sum(moved_mrr) as {{ money_type() }}) as moved_mrr,
    cast(sum(reactivated_mrr) as {{ money_type() }}) as reactivated_mrr
from dimensioned
group by 1, 2, 3, 4, 5
