{%- set readings = {
    'own': {
        'opening': 'opening_mrr', 'amount': 'amount', 'closing': 'closing_mrr', 'opening_constant': 'opening_mrr',
        'year_ago': 'mrr_year_ago',
    },
    'reporting': {
        'opening': 'opening_mrr_reporting', 'amount': 'amount_reporting', 'closing': 'closing_mrr_reporting',
        'opening_constant': 'opening_mrr_constant', 'year_ago': 'mrr_year_ago_constant',
    },
} -%}
{%- set amounts = [
    'opening_mrr', 'new_mrr', 'expansion_mrr', 'contraction_mrr', 'churn_mrr', 'reactivation_mrr', 'closing_mrr',
    'opening_mrr_constant', 'mrr_year_ago', 'mrr_of_year_ago_customers', 'mrr_kept_of_year_ago',
] -%}
{%- set counts = ['opening_customers', 'closing_customers'] -%}
{%- set dimensions = ["'all'", 'segment', 'plan', 'acquisition_source', 'pricing_model'] -%}
with retention as (
    select * from {{ ref('int_customer_retention') }}
),

attributes as (
    select * from {{ ref('int_customer_attributes') }}
),

counted_again as (
    select
        repeats.*,
        attributes.segment,
        attributes.plan,
        attributes.acquisition_source,
        attributes.pricing_model
    from {{ ref('int_retention_repeats') }} as repeats
    inner join attributes on repeats.customer_id = attributes.customer_id
),

-- added up before it is broken down by dimension: customers are many, and their attributes few
combinations as (
    select
        retention.month,
        retention.currency,
        attributes.segment,
        attributes.plan,
        attributes.acquisition_source,
        attributes.pricing_model,
        attributes.customer_id is not null as has_attributes,
        {% for reading, columns in readings.items() -%}
        {% for movement in ['new', 'expansion', 'contraction', 'churn', 'reactivation'] -%}
        sum(case when retention.movement = '{{ movement }}' then retention.{{ columns.amount }} else 0 end)
            as {{ reading }}_{{ movement }}_mrr,
        {% endfor -%}
        sum(retention.{{ columns.opening }}) as {{ reading }}_opening_mrr,
        sum(retention.{{ columns.closing }}) as {{ reading }}_closing_mrr,
        sum(retention.{{ columns.opening_constant }}) as {{ reading }}_opening_mrr_constant,
        sum(retention.{{ columns.year_ago }}) as {{ reading }}_mrr_year_ago,
        sum(case when retention.{{ columns.year_ago }} > 0 then retention.{{ columns.closing }} else 0 end)
            as {{ reading }}_mrr_of_year_ago_customers,
        sum(least(retention.{{ columns.year_ago }}, retention.{{ columns.closing }})) as {{ reading }}_mrr_kept_of_year_ago,
        count(case when retention.{{ columns.opening }} > 0 then 1 end) as {{ reading }}_opening_customers,
        count(case when retention.{{ columns.closing }} > 0 then 1 end) as {{ reading }}_closing_customers,
        {% endfor -%}
        count(case when retention.movement = 'churn' then 1 end) as own_churned_customers,
        count(case when retention.movement = 'churn' and retention.opening_mrr_reporting > 0 then 1 end)
            as reporting_churned_customers
    from retention
    left join attributes on retention.customer_id = attributes.customer_id
    group by 1, 2, 3, 4, 5, 6, 7
),

dimensioned as (
    {% for dimension in ['currency'] + dimensions -%}
    {%- set reading = 'own' if dimension == 'currency' else 'reporting' -%}
    select
        month,
        '{{ dimension | replace("'", "") }}' as dimension,
        {{ dimension }} as dimension_value,
        {% for measure in amounts + counts -%}
        {{ reading }}_{{ measure }} as {{ measure }},
        {% endfor -%}
        {{ reading }}_churned_customers as churned_customers
    from combinations
    {{ 'where has_attributes' if reading == 'reporting' }}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
    {% for dimension in dimensions -%}
    union all
    select
        month,
        '{{ dimension | replace("'", "") }}' as dimension,
        {{ dimension }} as dimension_value,
        {% for measure in amounts -%}
        0 as {{ measure }},
        {% endfor -%}
        {% for measure in counts -%}
        -{{ measure }} as {{ measure }},
        {% endfor -%}
        -churned_customers as churned_customers
    from counted_again
    {% endfor %}
)

select
    month,
    dimension,
    dimension_value,
    {% for measure in amounts -%}
    cast(sum({{ measure }}) as {{ money_type() }}) as {{ measure }},
    {% endfor -%}
    {% for measure in counts -%}
    cast(sum({{ measure }}) as bigint) as {{ measure }},
    {% endfor -%}
    cast(sum(churned_customers) as bigint) as churned_customers
from dimensioned
group by 1, 2, 3
