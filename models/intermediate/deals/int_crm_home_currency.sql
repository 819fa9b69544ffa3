{#- HubSpot gives amounts in the account's home currency without saying which that is. -#}
{%- set stated = var('crm_home_currency') -%}

with priced_deals as (
    select
        currency,
        count(*) as deals,
        sum(case when amount = amount_in_home_currency then 1 else 0 end) as unconverted_deals
    from {{ ref('int_hubspot_deals') }}
    where currency is not null and amount != 0 and amount_in_home_currency is not null
    group by currency
),

ranked as (
    select
        currency,
        row_number() over (order by deals desc nulls last, currency nulls last) as preference
    from priced_deals
    where unconverted_deals = deals
),

inferred as (
    select max(currency) as currency
    from ranked
    where preference = 1
)

select
    coalesce(
        {% if stated %}'{{ stated | lower }}', {% endif -%}
        currency, '{{ reporting_currency() }}'
    ) as home_currency,
    case
        {% if stated %}when true then 'stated' {% endif -%}
        when currency is not null then 'inferred'
        else 'assumed'
    end as evidence
from inferred
