{%- set movements = ['new', 'expansion', 'contraction', 'churn', 'reactivation'] -%}

with retention as (
    select * from {{ ref('int_customer_retention') }}
),

customers as (
    select * from {{ ref('dim_customers') }}
),

companies as (
    select * from {{ ref('int_hubspot_companies') }}
),

-- The book of today: whoever owns the company now has owned it all along, for HubSpot's history of owners is not read.
totals as (
    select
        retention.month,
        coalesce(companies.owner_id, 'unknown') as owner_id,
        count(distinct case when retention.opening_mrr > 0 then retention.customer_id end) as opening_customers,
        count(distinct case when retention.closing_mrr > 0 then retention.customer_id end) as closing_customers,
        count(distinct case when retention.mrr_year_ago > 0 then retention.customer_id end) as year_ago_customers,
        sum(retention.opening_mrr_reporting) as opening_mrr,
        {%- for movement in movements %}
        sum(case when retention.movement = '{{ movement }}' then retention.amount_reporting else 0 end) as {{ movement }}_mrr,
        {%- endfor %}
        sum(retention.closing_mrr_reporting) as closing_mrr,
        sum(retention.mrr_year_ago_constant) as mrr_year_ago,
        sum(case when retention.mrr_year_ago > 0 then retention.closing_mrr_reporting else 0 end) as mrr_of_year_ago_customers,
        sum(least(retention.mrr_year_ago_constant, retention.closing_mrr_reporting)) as mrr_kept_of_year_ago
    from retention
    inner join customers on retention.customer_id = customers.customer_id
    left join companies on customers.hubspot_company_id = companies.company_id
    group by retention.month, coalesce(companies.owner_id, 'unknown')
),

final as (
    select
        month,
        owner_id,
        cast(opening_customers as bigint) as opening_customers,
        cast(closing_customers as bigint) as closing_customers,
        cast(year_ago_customers as bigint) as year_ago_customers,
        cast(opening_mrr as {{ money_type() }}) as opening_mrr,
        {%- for movement in movements %}
        cast({{ movement }}_mrr as {{ money_type() }}) as {{ movement }}_mrr,
        {%- endfor %}
        cast(
            closing_mrr - opening_mrr
            {%- for movement in movements %}
            - {{ movement }}_mrr
            {%- endfor %} as {{ money_type() }}
        ) as fx_mrr,
        cast(closing_mrr as {{ money_type() }}) as closing_mrr,
        {{ money_ratio('mrr_of_year_ago_customers', 'mrr_year_ago') }} as nrr_12m,
        {{ money_ratio('mrr_kept_of_year_ago', 'mrr_year_ago') }} as grr_12m
    from totals
    where opening_customers > 0 or closing_customers > 0 or year_ago_customers > 0
)

select * from final
