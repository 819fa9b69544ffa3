{#- Whether what was spent is known: in the whole account, in the month, in a currency that can be converted. -#}
{%- set kinds = {
    'marketing': {
        'what': 'marketing spend',
        'fill': 'connect HubSpot campaigns (scope marketing.campaigns.read) or fill seeds/marketing_spend.csv',
        'add': 'add a spend item to a campaign or a row to seeds/marketing_spend.csv (0 where there was none)',
    },
    'sales': {
        'what': 'sales costs',
        'fill': 'fill seeds/sales_costs.csv',
        'add': 'add a row to seeds/sales_costs.csv (0 where there were none)',
    },
} -%}

with costs as (
    select * from {{ ref('int_acquisition_costs') }}
),

new_customers as (
    select * from {{ ref('int_new_customers') }}
),

months as (
    select month from {{ ref('int_months') }}
    where month is not null
    union
    select month from costs
    union
    select month from new_customers
),

sums as (
    select
        {%- for kind in kinds %}
        count(case when costs.kind = '{{ kind }}' then 1 end) as {{ kind }}_rows,
        sum(case when costs.kind = '{{ kind }}' then costs.amount_reporting end) as {{ kind }}_amount,
        count(case when costs.kind = '{{ kind }}' and costs.amount_reporting is null then 1 end) as {{ kind }}_unconverted,
        sum(count(case when costs.kind = '{{ kind }}' then 1 end)) over () as {{ kind }}_rows_ever,
        {%- endfor %}
        months.month
    from months
    left join costs on months.month = costs.month
    group by months.month
),

final as (
    select
        {%- for kind, texts in kinds.items() %}
        case
            when {{ kind }}_rows > 0 and {{ kind }}_unconverted = 0 then cast({{ kind }}_amount as {{ money_type() }})
        end as {{ kind }}_amount,
        case
            when {{ kind }}_rows_ever = 0 then 'no {{ texts.what }}: {{ texts.fill }}'
            when {{ kind }}_rows = 0 then '{{ texts.what }} of the month unknown: {{ texts.add }}'
            when {{ kind }}_unconverted > 0
                then '{{ texts.what }} in a currency without exchange rate: add it to seeds/fx_rates.csv'
        end as {{ kind }}_reason,
        {%- endfor %}
        month
    from sums
)

select * from final
