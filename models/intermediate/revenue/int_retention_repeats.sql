-- A customer who pays in several currencies has several rows a month, and is one customer. They are few: a `count(distinct)`
-- over all customers costs three times as much as to find them.
with several_currencies as (
    select customer_id from {{ ref('int_customers') }}
    where has_several_currencies
),

retention as (
    select * from {{ ref('int_customer_retention') }}
    where
        customer_id in (select several_currencies.customer_id from several_currencies)
        and closing_mrr_reporting is not null
),

attributes as (
    select * from {{ ref('int_customer_attributes') }}
),

-- who still pays in another currency has not left
repeats as (
    select
        month,
        customer_id,
        greatest(count(case when opening_mrr > 0 then 1 end) - 1, 0) as opening_customers,
        greatest(count(case when closing_mrr > 0 then 1 end) - 1, 0) as closing_customers,
        count(case when movement = 'churn' then 1 end)
        - case when max(opening_mrr) > 0 and max(closing_mrr) = 0 then 1 else 0 end as churned_customers
    from retention
    group by month, customer_id
),

dimensioned as (
    {% for dimension in ["'all'", 'segment', 'plan', 'acquisition_source', 'pricing_model'] -%}
    select
        repeats.month,
        '{{ dimension | replace("'", "") }}' as dimension,
        {{ dimension if "'" in dimension else 'attributes.' ~ dimension }} as dimension_value,
        repeats.opening_customers,
        repeats.closing_customers,
        repeats.churned_customers
    from repeats
    inner join attributes on repeats.customer_id = attributes.customer_id
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    month,
    dimension,
    dimension_value,
    sum(opening_customers) as opening_customers,
    sum(closing_customers) as closing_customers,
    sum(churned_customers) as churned_customers
from dimensioned
group by month, dimension, dimension_value
