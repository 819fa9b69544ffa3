with accounts as (
    select * from {{ ref('stg_hubspot__account') }}
),

deals as (
    select * from {{ ref('int_hubspot_deals') }}
),

-- Where accounts of several currencies were read, none of them speaks for all deals.
told as (
    select case when min(home_currency) = max(home_currency) then max(home_currency) end as currency
    from accounts
),

priced_deals as (
    select
        currency,
        count(*) as deals,
        sum(case when amount = amount_in_home_currency then 1 else 0 end) as unconverted_deals
    from deals
    where currency is not null and amount != 0 and amount_in_home_currency is not null
    group by currency
),

-- HubSpot calculates the second amount and can be late with it: most deals decide, not all.
ranked as (
    select
        currency,
        row_number() over (order by unconverted_deals desc nulls last, currency nulls last) as preference
    from priced_deals
    where 2 * unconverted_deals > deals
),

inferred as (
    select max(currency) as currency
    from ranked
    where preference = 1
),

-- A currency whose own deals were converted is not the home currency.
assumed as (
    select case when count(*) = 0 then '{{ reporting_currency() }}' end as currency
    from priced_deals
    where currency = '{{ reporting_currency() }}'
),

evidence as (
    select
        nullif('{{ var("crm_home_currency") | lower }}', '') as stated,
        told.currency as told,
        inferred.currency as inferred,
        assumed.currency as assumed
    from told
    cross join inferred
    cross join assumed
),

final as (
    select
        coalesce(stated, told, inferred, assumed) as home_currency,
        case
            when stated is not null then 'stated'
            when told is not null then 'told'
            when inferred is not null then 'inferred'
            when assumed is not null then 'assumed'
            else 'contradicted'
        end as evidence
    from evidence
)

select * from final
