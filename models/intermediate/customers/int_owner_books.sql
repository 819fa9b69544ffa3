{%- set movements = ['new', 'expansion', 'contraction', 'churn', 'reactivation'] -%}

with retention as (
    select * from {{ ref('int_customer_retention') }}
    where closing_mrr_reporting is not null
),

-- The book of today: whoever owns the company now has owned it all along, for HubSpot's history of owners is not read.
owners as (
    select
        accounts.customer_id,
        coalesce(companies.owner_id, 'unknown') as owner_id
    from {{ ref('int_customer_accounts') }} as accounts
    left join {{ ref('int_hubspot_companies') }} as companies on accounts.hubspot_company_id = companies.company_id
),

counted_again as (
    select
        repeats.month,
        owners.owner_id,
        sum(repeats.opening_customers) as opening_customers,
        sum(repeats.closing_customers) as closing_customers,
        sum(repeats.year_ago_customers) as year_ago_customers
    from {{ ref('int_retention_repeats') }} as repeats
    inner join owners on repeats.customer_id = owners.customer_id
    group by repeats.month, owners.owner_id
),

totals as (
    select
        retention.month,
        owners.owner_id,
        count(case when retention.opening_mrr > 0 then 1 end) as opening_rows,
        count(case when retention.closing_mrr > 0 then 1 end) as closing_rows,
        count(case when retention.mrr_year_ago > 0 then 1 end) as year_ago_rows,
        sum(retention.opening_mrr_reporting) as opening_mrr,
        {%- for movement in movements %}
        sum(case when retention.movement = '{{ movement }}' then retention.amount_reporting else 0 end) as {{ movement }}_mrr,
        {%- endfor %}
        sum(retention.closing_mrr_reporting) as closing_mrr,
        sum(retention.mrr_year_ago_constant) as mrr_year_ago,
        sum(case when retention.mrr_year_ago > 0 then retention.closing_mrr_reporting else 0 end) as mrr_of_year_ago_customers,
        sum(least(retention.mrr_year_ago_constant, retention.closing_mrr_reporting)) as mrr_kept_of_year_ago
    from retention
    inner join owners on retention.customer_id = owners.customer_id
    group by retention.month, owners.owner_id
),

books as (
    select
        totals.*,
        cast(totals.opening_rows - coalesce(again.opening_customers, 0) as bigint) as opening_customers,
        cast(totals.closing_rows - coalesce(again.closing_customers, 0) as bigint) as closing_customers,
        cast(totals.year_ago_rows - coalesce(again.year_ago_customers, 0) as bigint) as year_ago_customers
    from totals
    left join counted_again as again on totals.month = again.month and totals.owner_id = again.owner_id
),

final as (
    select
        month,
        owner_id,
        opening_customers,
        closing_customers,
        year_ago_customers,
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
    from books
    where opening_customers > 0 or closing_customers > 0 or year_ago_customers > 0
)

select * from final
