{%- set stages = ['mql', 'sql', 'won'] -%}

with leads as (
    select * from {{ ref('int_source_leads') }}
),

lead_mrr as (
    select * from {{ ref('int_lead_mrr') }}
),

lifecycle as (
    select count(*) > 0 as is_known
    from {{ ref('fct_funnel_stage_entries') }}
),

nrr as (
    select
        *,
        case dimension when 'all' then 'all' else dimension_value end as source
    from {{ ref('nrr_monthly') }}
    where month = {{ add_months(month_start(as_of()), -1) }} and dimension in ('all', 'acquisition_source')
),

counted as (
    {%- for source in ["'all'", 'source'] %}
    select
        {{ source }} as source,
        count(*) as leads,
        count(case when is_mature then 1 end) as mature_leads,
        count(case when is_mature and is_mql then 1 end) as mql_leads,
        count(case when is_mature and is_sql then 1 end) as sql_leads,
        count(case when is_mature and is_won then 1 end) as won_leads
    from leads
    group by 1
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

won_mrr as (
    {%- for source in ["'all'", 'source'] %}
    select
        {{ source }} as source,
        sum(mrr) as mrr
    from lead_mrr
    group by 1
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

joined as (
    select
        coalesce(counted.source, nrr.source) as source,
        coalesce(counted.leads, 0) as leads,
        coalesce(counted.mature_leads, 0) as mature_leads,
        {%- for stage in stages %}
        coalesce(counted.{{ stage }}_leads, 0) as {{ stage }}_leads,
        {%- endfor %}
        nrr.closing_customers,
        nrr.closing_mrr,
        case when nrr.closing_mrr is not null then coalesce(won_mrr.mrr, 0) end as lead_mrr,
        nrr.nrr_12m,
        lifecycle.is_known as is_lifecycle_known
    from counted
    full join nrr on counted.source = nrr.source
    left join won_mrr on coalesce(counted.source, nrr.source) = won_mrr.source
    cross join lifecycle
),

final as (
    select
        source,
        cast(leads as bigint) as leads,
        cast(mature_leads as bigint) as mature_leads,
        {%- for stage in stages %}
        cast({{ stage }}_leads as bigint) as {{ stage }}_leads,
        {{ ratio(stage ~ '_leads', 'mature_leads') }} as {{ stage }}_rate,
        {{ wilson_low(stage ~ '_leads', 'mature_leads') }} as {{ stage }}_rate_low,
        {{ wilson_high(stage ~ '_leads', 'mature_leads') }} as {{ stage }}_rate_high,
        {%- endfor %}
        cast(coalesce(closing_customers, 0) as bigint) as customers,
        cast(closing_mrr as {{ money_type() }}) as mrr,
        cast(lead_mrr as {{ money_type() }}) as lead_mrr,
        cast({{ divide_exact('lead_mrr', 'leads') }} as {{ money_type() }}) as mrr_per_lead,
        nrr_12m,
        nullif(
            concat_ws(
                '; ',
                case
                    when leads = 0 and not is_lifecycle_known
                        then 'no lead of this source: connect HubSpot contacts with lifecycle history'
                    when leads = 0 then 'no lead of this source (imported contacts do not count)'
                    when mature_leads < {{ var('lead_source_min_leads') }}
                        then
                            'n too small: ' || cast(mature_leads as {{ dbt.type_string() }})
                            || ' mature leads of at least {{ var('lead_source_min_leads') }}'
                end,
                case when closing_mrr is null then 'no customer of this source: MRR per lead unknown' end,
                case when nrr_12m is null then 'no customer of this source twelve months ago' end
            ), ''
        ) as reason
    from joined
)

select * from final
